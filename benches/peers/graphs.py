"""Measures one graph library of Python on the same files as ours.

    graphs.py LIBRARY EDGES TREE OUT

EDGES holds one undirected tie a line, TREE one `parent child` a line with 0 as the root; both number people from 0. Prints
one JSON object of seconds and bytes and leaves the answers in OUT as plain little-endian arrays, so that they can be
compared. Where a library has no function of its own for something, the nearest it has is used and numpy for the rest; what
it cannot do at all is left out. Reading the tree is not measured.
"""

import json
import os
import sys
import time

import numpy as np

DAMPING = 0.85
# Ranks move by less than this in the last round, added up over all nodes.
TOLERANCE = 1e-10
SOURCES = 8


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


class Told:
    """What is measured, and where the answers go."""

    def __init__(self, out):
        self.out = out
        self.numbers = {}

    def timed(self, what, step):
        begun = time.perf_counter()
        answer = step()
        self.numbers[what] = time.perf_counter() - begun
        return answer

    def keep(self, what, answer, kind):
        np.asarray(answer).astype(kind).tofile(os.path.join(self.out, what))


def first_of_each(labels):
    """Components named after their first node."""
    _, first, place = np.unique(np.asarray(labels), return_index=True, return_inverse=True)
    return first[place]


def sizes(parents, layers):
    """Subtree sizes by the layers of a walk through the tree, the root's first."""
    below = np.ones(len(parents), dtype=np.int64)
    for layer in reversed(layers[1:]):
        np.add.at(below, parents[layer], below[layer])
    return below


def layers_of(order, distances):
    cuts = np.flatnonzero(np.diff(distances[order])) + 1
    return np.split(order, cuts)


def networkit(edges, tree, parents, told):
    import networkit as nk

    before = resident()
    graph = told.timed("load", lambda: nk.graphio.EdgeListReader(" ", 0, "#", True, False).read(edges))
    told.numbers["bytes"] = resident() - before
    told.numbers["edges"] = graph.numberOfEdges()

    def rank():
        ranks = nk.centrality.PageRank(graph, DAMPING, TOLERANCE)
        ranks.norm = nk.centrality.Norm.L1_NORM
        return ranks.run().scores()

    told.keep("pagerank", told.timed("pagerank", rank), "<f8")

    def components():
        parts = nk.components.ParallelConnectedComponents(graph, False)
        parts.run()
        return parts.getPartition().getVector()

    told.keep("components", first_of_each(told.timed("components", components)), "<u4")
    told.keep("cores", told.timed("cores", lambda: nk.centrality.CoreDecomposition(graph).run().scores()), "<u4")
    # It draws its sources itself: the time can be compared, the answer cannot.
    told.timed("betweenness", lambda: nk.centrality.EstimateBetweenness(graph, SOURCES, False, True).run())
    branches = nk.graphio.EdgeListReader(" ", 0, "#", True, True).read(tree)

    def below():
        walk = nk.distance.BFS(branches, 0, False, True)
        walk.run()
        order = np.array(walk.getNodesSortedByDistance())
        return sizes(parents, layers_of(order, np.array(walk.getDistances())))

    told.keep("subtrees", told.timed("subtrees", below), "<u4")


def igraph(edges, tree, parents, told):
    from igraph import Graph

    before = resident()
    graph = told.timed("load", lambda: Graph.Read_Edgelist(edges, directed=False))
    told.numbers["bytes"] = resident() - before
    told.numbers["edges"] = graph.ecount()
    # Its solver stops at a residual of 1e-10.
    told.keep("pagerank", told.timed("pagerank", lambda: graph.pagerank(damping=DAMPING)), "<f8")
    parts = told.timed("components", lambda: graph.connected_components().membership)
    told.keep("components", first_of_each(parts), "<u4")
    told.keep("cores", told.timed("cores", graph.coreness), "<u4")
    sources = [place * graph.vcount() // SOURCES for place in range(SOURCES)]
    told.keep("betweenness", told.timed("betweenness", lambda: graph.betweenness(sources=sources)), "<f8")
    branches = Graph.Read_Edgelist(tree, directed=True)

    def below():
        order, starts, _ = branches.bfs(0)
        order = np.array(order)
        return sizes(parents, np.split(order, starts[1:-1]))

    told.keep("subtrees", told.timed("subtrees", below), "<u4")


def rustworkx(edges, tree, parents, told):
    import rustworkx as rx

    before = resident()
    graph = told.timed("load", lambda: rx.PyGraph.read_edge_list(edges))
    told.numbers["bytes"] = resident() - before
    told.numbers["edges"] = graph.num_edges()
    nodes = graph.num_nodes()

    def components():
        return [np.fromiter(part, dtype=np.int64, count=len(part)) for part in rx.connected_components(graph)]

    labels = np.empty(nodes, dtype=np.int64)
    for part in told.timed("components", components):
        labels[part] = part.min()
    told.keep("components", labels, "<u4")
    cores = told.timed("cores", lambda: rx.core_number(graph))
    told.keep("cores", [cores[node] for node in range(nodes)], "<u4")
    branches = rx.PyDiGraph.read_edge_list(tree)
    layers = told.timed("subtrees", lambda: sizes(parents, [np.array(layer) for layer in rx.bfs_layers(branches, [0])]))
    told.keep("subtrees", layers, "<u4")
    # It ranks directed graphs only.
    both = graph.to_directed()
    del graph
    rank = lambda: rx.pagerank(both, alpha=DAMPING, weight_fn=lambda _: 1.0, tol=TOLERANCE / nodes, max_iter=500)
    ranks = told.timed("pagerank", rank)
    told.keep("pagerank", [ranks[node] for node in range(nodes)], "<f8")


def main():
    library, edges, tree, out = sys.argv[1:]
    told = Told(out)
    rows = np.loadtxt(tree, dtype=np.int64)
    parents = np.zeros(len(rows) + 1, dtype=np.int64)
    parents[rows[:, 1]] = rows[:, 0]
    del rows
    {"networkit": networkit, "igraph": igraph, "rustworkx": rustworkx}[library](edges, tree, parents, told)
    told.numbers["peak"] = peak()
    print(json.dumps(told.numbers))


main()
