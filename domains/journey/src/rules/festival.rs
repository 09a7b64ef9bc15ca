//! Festivals, and the day of each in any year.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{qingming, solar};

macro_rules! festivals {
    ($($(#[$doc:meta])* $name:ident = $slug:literal $zh:literal $en:literal $day:expr;)*) => {
        /// A day that is kept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Festival { $($(#[$doc])* $name,)* }

        impl Festival {
            /// Every festival.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its word in the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// Its name.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)* }
            }

            /// Its name.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }

            const fn rule(self) -> Day {
                match self { $(Self::$name => $day,)* }
            }
        }
    };
}

/// How a festival's day is found.
#[derive(Clone, Copy)]
enum Day {
    /// Month and day.
    Solar(u32, u32),
    /// Month and day of the Chinese calendar, never in a leap month.
    Lunar(u8, u8),
    /// The last day of the Chinese year.
    NewYearsEve,
    /// By the sun.
    Qingming,
    /// Of a month the so many-th Sunday.
    Sunday(u32, u8),
}

festivals! {
    /// 1 January.
    NewYear = "new_year" "元旦" "New Year" Day::Solar(1, 1);
    /// The 8th of the last month.
    Laba = "laba" "腊八" "Laba" Day::Lunar(12, 8);
    /// The eve of the Spring Festival.
    NewYearsEve = "new_years_eve" "除夕" "Lunar New Year's Eve" Day::NewYearsEve;
    /// The first day of the Chinese year.
    Spring = "spring" "春节" "Spring Festival" Day::Lunar(1, 1);
    /// The 15th of the first month.
    Lantern = "lantern" "元宵节" "Lantern Festival" Day::Lunar(1, 15);
    /// 14 February.
    Valentines = "valentines" "情人节" "Valentine's Day" Day::Solar(2, 14);
    /// 8 March.
    Women = "women" "妇女节" "Women's Day" Day::Solar(3, 8);
    /// By the sun.
    Qingming = "qingming" "清明" "Qingming" Day::Qingming;
    /// 1 May.
    Labour = "labour" "劳动节" "Labour Day" Day::Solar(5, 1);
    /// The second Sunday of May.
    Mothers = "mothers" "母亲节" "Mother's Day" Day::Sunday(5, 2);
    /// 1 June.
    Children = "children" "儿童节" "Children's Day" Day::Solar(6, 1);
    /// The 5th of the fifth month.
    DragonBoat = "dragon_boat" "端午节" "Dragon Boat Festival" Day::Lunar(5, 5);
    /// The third Sunday of June.
    Fathers = "fathers" "父亲节" "Father's Day" Day::Sunday(6, 3);
    /// The 7th of the seventh month.
    Qixi = "qixi" "七夕" "Qixi" Day::Lunar(7, 7);
    /// 10 September.
    Teachers = "teachers" "教师节" "Teachers' Day" Day::Solar(9, 10);
    /// The 15th of the eighth month.
    MidAutumn = "mid_autumn" "中秋节" "Mid-Autumn Festival" Day::Lunar(8, 15);
    /// 1 October.
    National = "national" "国庆节" "National Day" Day::Solar(10, 1);
    /// The 9th of the ninth month.
    DoubleNinth = "double_ninth" "重阳节" "Double Ninth Festival" Day::Lunar(9, 9);
    /// 11 November.
    DoubleEleven = "double_eleven" "双十一" "Singles' Day" Day::Solar(11, 11);
    /// 25 December.
    Christmas = "christmas" "圣诞节" "Christmas" Day::Solar(12, 25);
}

impl Festival {
    /// Whether it is kept on this day.
    #[must_use]
    pub fn is_on(self, date: NaiveDate) -> bool {
        // A Chinese year begins in January or February and ends in those of the next year.
        [date.year() - 1, date.year()].into_iter().any(|year| self.day(year) == Some(date))
    }

    /// Its day of a year: of the year that begins in it, for those of the Chinese calendar.
    fn day(self, year: i32) -> Option<NaiveDate> {
        match self.rule() {
            Day::Solar(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Day::Lunar(month, day) => solar(year, month, false, day),
            Day::NewYearsEve => solar(year + 1, 1, false, 1)?.pred_opt(),
            Day::Qingming => qingming(year),
            Day::Sunday(month, which) => NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Sun, which),
        }
    }

    /// Those kept on a day.
    #[must_use]
    pub fn on(date: NaiveDate) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|festival| festival.is_on(date)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As published in the calendars of those years: 元宵 is 14 days after 春节, 除夕 the day before it, so they are not written
    /// down again. Columns: 春节, 清明, 端午, 七夕, 中秋, 重阳, and the 腊八 that falls in this year.
    const PUBLISHED: [(i32, [&str; 7]); 16] = [
        (2020, ["01-25", "04-04", "06-25", "08-25", "10-01", "10-25", "01-02"]),
        (2021, ["02-12", "04-04", "06-14", "08-14", "09-21", "10-14", "01-20"]),
        (2022, ["02-01", "04-05", "06-03", "08-04", "09-10", "10-04", "01-10"]),
        (2023, ["01-22", "04-05", "06-22", "08-22", "09-29", "10-23", ""]),
        (2024, ["02-10", "04-04", "06-10", "08-10", "09-17", "10-11", "01-18"]),
        (2025, ["01-29", "04-04", "05-31", "08-29", "10-06", "10-29", "01-07"]),
        (2026, ["02-17", "04-05", "06-19", "08-19", "09-25", "10-18", "01-26"]),
        (2027, ["02-06", "04-05", "06-09", "08-08", "09-15", "10-08", "01-15"]),
        (2028, ["01-26", "04-04", "05-28", "08-26", "10-03", "10-26", "01-04"]),
        (2029, ["02-13", "04-04", "06-16", "08-16", "09-22", "10-16", "01-22"]),
        (2030, ["02-03", "04-05", "06-05", "08-05", "09-12", "10-05", "01-11"]),
        (2031, ["01-23", "04-05", "06-24", "08-24", "10-01", "10-24", "01-01"]),
        (2032, ["02-11", "04-04", "06-12", "08-12", "09-19", "10-12", "01-20"]),
        (2033, ["01-31", "04-04", "06-01", "08-01", "09-08", "10-01", "01-08"]),
        (2034, ["02-19", "04-05", "06-20", "08-20", "09-27", "10-20", "01-27"]),
        (2035, ["02-08", "04-05", "06-10", "08-10", "09-16", "10-09", "01-16"]),
    ];

    fn of_year(festival: Festival, year: i32) -> Vec<NaiveDate> {
        let days = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(|day| day.year() == year);
        days.filter(|day| festival.is_on(*day)).collect()
    }

    #[test]
    fn the_festivals_of_16_years_are_those_that_were_published() {
        let columns = [
            Festival::Spring,
            Festival::Qingming,
            Festival::DragonBoat,
            Festival::Qixi,
            Festival::MidAutumn,
            Festival::DoubleNinth,
            Festival::Laba,
        ];
        for (year, published) in PUBLISHED {
            for (festival, day) in columns.iter().zip(published) {
                let found: Vec<String> = of_year(*festival, year).iter().map(ToString::to_string).collect();
                // 2022 had two 腊八, on 10 January and 30 December; 2023 none.
                let expected: Vec<String> = match (festival, year, day) {
                    (Festival::Laba, 2022, _) => vec!["2022-01-10".to_owned(), "2022-12-30".to_owned()],
                    (_, _, "") => Vec::new(),
                    _ => vec![format!("{year}-{day}")],
                };
                assert_eq!(found, expected, "{} {year}", festival.zh());
            }
            let spring = of_year(Festival::Spring, year)[0];
            assert_eq!(of_year(Festival::NewYearsEve, year), [spring.pred_opt().unwrap()]);
            assert_eq!(of_year(Festival::Lantern, year), [spring + chrono::Days::new(14)]);
        }
    }

    #[test]
    fn days_of_the_solar_calendar_are_where_they_are() {
        let days: Vec<(Festival, String)> = NaiveDate::from_ymd_opt(2026, 1, 1)
            .unwrap()
            .iter_days()
            .take(365)
            .flat_map(|day| {
                Festival::on(day).into_iter().map(move |festival| (festival, day.format("%m-%d").to_string()))
            })
            .collect();
        assert_eq!(days.len(), Festival::ALL.len());
        for (festival, day) in [
            (Festival::NewYear, "01-01"),
            (Festival::Valentines, "02-14"),
            (Festival::Women, "03-08"),
            (Festival::Labour, "05-01"),
            (Festival::Mothers, "05-10"),
            (Festival::Fathers, "06-21"),
            (Festival::Teachers, "09-10"),
            (Festival::National, "10-01"),
        ] {
            assert!(days.contains(&(festival, day.to_owned())), "{}", festival.zh());
        }
        for festival in Festival::ALL {
            assert_eq!(serde_json::to_value(festival).unwrap(), festival.as_str());
        }
    }
}
