//! Reads the picture's binary by the words of docs/picture.md alone.

use std::collections::BTreeSet;

/// A picture, decoded.
#[derive(Debug)]
pub struct Picture {
    /// Which state of the log it shows.
    pub offset: u64,
    pub roots: usize,
    pub fan: Vec<bool>,
    /// Microseconds since 1970, rounded to a 65,535th of the span.
    pub joined_at: Vec<i64>,
    /// World units.
    pub places: Vec<(f32, f32)>,
    /// Who brought each, by place in the picture.
    pub parent: Vec<Option<usize>>,
    /// Such as `p42`.
    pub persons: Vec<String>,
    /// Places of those who do not count.
    pub out: Vec<usize>,
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_first_chunk::<N>().expect("the picture is whole");
        self.0 = rest;
        *head
    }

    fn varint(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let [byte] = self.take();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }

    fn column<T>(&mut self, n: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..n).map(|_| one(self)).collect()
    }
}

impl Picture {
    /// Decodes a picture and checks what must hold of any.
    pub fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader(bytes);
        assert_eq!(&reader.take::<4>(), b"SLP2");
        let n = u32::from_le_bytes(reader.take()) as usize;
        let roots = u32::from_le_bytes(reader.take()) as usize;
        let scale = f32::from_le_bytes(reader.take());
        let (t0, span) = (i64::from_le_bytes(reader.take()), i64::from_le_bytes(reader.take()));
        let offset = u64::from_le_bytes(reader.take());
        let u16s = |reader: &mut Reader<'_>| reader.column(n, |reader| u16::from_le_bytes(reader.take()));
        let (x, y, ut) = (u16s(&mut reader), u16s(&mut reader), u16s(&mut reader));
        let fans = reader.column(n.div_ceil(8), |reader| reader.take::<1>()[0]);
        let kids = reader.column(n, |reader| reader.varint() as usize);
        let mut handle = 0;
        let persons = reader.column(n, |reader| {
            let step = reader.varint();
            handle += (step >> 1).cast_signed() ^ -((step & 1).cast_signed());
            format!("p{handle}")
        });
        let mut place = 0;
        let many = reader.varint() as usize;
        let out = reader.column(many, |reader| {
            place += reader.varint() as usize;
            place
        });
        assert!(reader.0.is_empty(), "{} bytes too many", reader.0.len());

        let mut parent = vec![None; roots];
        for (place, kids) in kids.iter().enumerate() {
            parent.extend(std::iter::repeat_n(Some(place), *kids));
        }
        assert_eq!(parent.len(), n, "the children and the roots are everybody");
        let world = |step: u16| (f32::from(step) - 32_768.0) * scale;
        let picture = Self {
            offset,
            roots,
            fan: (0..n).map(|i| fans[i / 8] >> (i % 8) & 1 == 1).collect(),
            joined_at: ut.iter().map(|ut| t0 + i64::from(*ut) * span / 65_535).collect(),
            places: x.into_iter().zip(y).map(|(x, y)| (world(x), world(y))).collect(),
            parent,
            persons,
            out,
        };
        assert!(picture.out.iter().all(|place| *place < n), "who does not count stands in the picture");
        assert_eq!(picture.people().len(), n, "everybody stands once");
        assert!(picture.parent.iter().enumerate().all(|(i, parent)| parent.is_none_or(|parent| parent < i)));
        picture
    }

    /// Everybody in it.
    pub fn people(&self) -> BTreeSet<&str> {
        self.persons.iter().map(String::as_str).collect()
    }

    /// Most hops from a root.
    pub fn depth_max(&self) -> usize {
        let mut depth = vec![0; self.parent.len()];
        for (place, parent) in self.parent.iter().enumerate() {
            depth[place] = parent.map_or(0, |parent| depth[parent] + 1);
        }
        depth.into_iter().max().unwrap_or(0)
    }
}
