//! How fast people joined.

const HOUR_MICROS: i64 = 3_600_000_000;
/// Steps of a curve; a longer campaign has longer steps.
const STEPS_MAX: i64 = 240;

/// People who joined, step by step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Speed {
    /// How many hours a step is.
    pub step_hours: u32,
    /// People who joined in each step since the first one did.
    pub joined: Vec<u32>,
    /// Hours from the first joining until half of everybody had joined.
    pub hours_to_half: Option<f64>,
}

/// The speed of people who joined at these times, in microseconds.
#[must_use]
pub fn of(mut joined_at: Vec<i64>) -> Speed {
    joined_at.sort_unstable();
    let (Some(first), Some(last)) = (joined_at.first().copied(), joined_at.last().copied()) else {
        return Speed { step_hours: 1, ..Speed::default() };
    };
    let hours = (last - first) / HOUR_MICROS + 1;
    let step = (hours + STEPS_MAX - 1) / STEPS_MAX;
    let mut joined = vec![0; ((hours + step - 1) / step) as usize];
    for at in &joined_at {
        joined[((at - first) / HOUR_MICROS / step) as usize] += 1;
    }
    let half = joined_at[(joined_at.len() - 1) / 2];
    Speed { step_hours: step as u32, joined, hours_to_half: Some((half - first) as f64 / HOUR_MICROS as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_by_the_hour_and_long_campaigns_by_longer_steps() {
        let hours = |hours: &[i64]| hours.iter().map(|hour| hour * HOUR_MICROS).collect::<Vec<_>>();
        let speed = of(hours(&[5, 5, 6, 9]));
        assert_eq!(speed, Speed { step_hours: 1, joined: vec![2, 1, 0, 0, 1], hours_to_half: Some(0.0) });
        let long = of(hours(&[0, 239, 240, 1000]));
        assert_eq!((long.step_hours, long.joined.len(), long.joined.iter().sum::<u32>()), (5, 201, 4));
        assert_eq!(long.hours_to_half, Some(239.0));
        assert_eq!(of(Vec::new()), Speed { step_hours: 1, ..Speed::default() });
    }
}
