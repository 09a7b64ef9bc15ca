//! Who of the staff goes to whom: everybody who can be reached is, at the least cost, and nobody has too much to do.
//!
//! Targets are placed one by one; each may push others on to somebody else when that is cheaper for all together (a shortest
//! augmenting path), so the order of the targets does not matter for the sum.

/// What it costs one member of staff to reach one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Which of the staff, by number.
    pub staff: usize,
    /// The cost of their best route.
    pub cost: f64,
}

/// Gives each target to one of those who offer, nobody getting more than they have room for. `None` for who nobody can
/// reach, or nobody has time for.
#[must_use]
pub fn assign(offers: &[Vec<Offer>], room: &[usize]) -> Vec<Option<usize>> {
    let mut given: Vec<Option<usize>> = vec![None; offers.len()];
    let mut room = room.to_vec();
    for target in 0..offers.len() {
        place(offers, &mut given, &mut room, target);
    }
    given
}

/// A step of the way to who has time: over whose hands, and which target is pushed on from there.
#[derive(Clone, Copy)]
struct Step {
    cost: f64,
    /// Who pushes, and whom; nobody when the new target goes there at once.
    pushed: Option<(usize, usize)>,
}

fn place(offers: &[Vec<Offer>], given: &mut [Option<usize>], room: &mut [usize], target: usize) {
    let mut steps: Vec<Option<Step>> = vec![None; room.len()];
    for offer in &offers[target] {
        steps[offer.staff] = Some(Step { cost: offer.cost, pushed: None });
    }
    // Bellman and Ford: pushing somebody on may save cost.
    for _ in 0..room.len() {
        let mut better = false;
        for (other, offered) in offers.iter().enumerate() {
            let Some(holder) = given[other] else { continue };
            let (Some(from), Some(now)) = (steps[holder], offered.iter().find(|offer| offer.staff == holder)) else {
                continue;
            };
            for offer in offered.iter().filter(|offer| offer.staff != holder) {
                let cost = from.cost + offer.cost - now.cost;
                if steps[offer.staff].is_none_or(|step| cost + 1e-12 < step.cost) {
                    steps[offer.staff] = Some(Step { cost, pushed: Some((holder, other)) });
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
    let with_time = (0..room.len()).filter(|staff| room[*staff] > 0);
    let cheapest = with_time.filter_map(|staff| Some((staff, steps[staff]?.cost))).min_by(|a, b| a.1.total_cmp(&b.1));
    let mut staff = if let Some((staff, _)) = cheapest {
        room[staff] -= 1;
        staff
    } else if let Some((holder, dropped)) = dearest(offers, given, &steps) {
        given[dropped] = None;
        holder
    } else {
        return;
    };
    while let Some((holder, other)) = steps[staff].and_then(|step| step.pushed) {
        given[other] = Some(staff);
        staff = holder;
    }
    given[target] = Some(staff);
}

/// When nobody has time left: whom to let go of so that the new one costs less than they did, and who holds them.
fn dearest(offers: &[Vec<Offer>], given: &[Option<usize>], steps: &[Option<Step>]) -> Option<(usize, usize)> {
    let saved = given.iter().enumerate().filter_map(|(other, holder)| {
        let holder = (*holder)?;
        let now = offers[other].iter().find(|offer| offer.staff == holder)?;
        Some((now.cost - steps[holder]?.cost, holder, other))
    });
    let (saved, holder, other) = saved.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (saved > 1e-12).then_some((holder, other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The most targets that can be placed, and the least cost of that, by trying everything.
    fn naive(offers: &[Vec<Offer>], load: &mut [usize], at: usize) -> (usize, f64) {
        let Some(offered) = offers.get(at) else { return (0, 0.0) };
        let mut best = naive(offers, load, at + 1);
        for offer in offered {
            if load[offer.staff] > 0 {
                load[offer.staff] -= 1;
                let (placed, cost) = naive(offers, load, at + 1);
                load[offer.staff] += 1;
                let this = (placed + 1, cost + offer.cost);
                if this.0 > best.0 || (this.0 == best.0 && this.1 < best.1) {
                    best = this;
                }
            }
        }
        best
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_many_as_can_be_are_reached_at_the_least_cost(
            costs in prop::collection::vec(prop::collection::vec(prop::option::of(1..40_u32), 3), 0..7),
            room in prop::collection::vec(0..4_usize, 3),
        ) {
            let offers: Vec<Vec<Offer>> = costs
                .iter()
                .map(|row| {
                    let offer = |(staff, cost): (usize, &Option<u32>)| Some(Offer { staff, cost: f64::from((*cost)?) });
                    row.iter().enumerate().filter_map(offer).collect()
                })
                .collect();
            let given = assign(&offers, &room);
            let mut load = [0; 3];
            let (mut placed, mut cost) = (0, 0.0);
            for (offered, staff) in offers.iter().zip(&given) {
                let Some(staff) = staff else { continue };
                load[*staff] += 1;
                placed += 1;
                cost += offered.iter().find(|offer| offer.staff == *staff).map_or(f64::NAN, |offer| offer.cost);
            }
            prop_assert!(load.iter().zip(&room).all(|(load, room)| load <= room));
            prop_assert_eq!((placed, cost), naive(&offers, &mut room.clone(), 0));
        }
    }
}
