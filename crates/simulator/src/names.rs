//! Names, cities, phones and books: made up, and visibly so where a real one could be hit.

use crate::chance::scramble;

/// Surnames, the common ones more than once: a draw over the list follows their frequency.
const SURNAMES: [&str; 120] = [
    "王", "王", "王", "王", "王", "李", "李", "李", "李", "李", "张", "张", "张", "张", "张", "刘", "刘", "刘", "刘",
    "陈", "陈", "陈", "陈", "杨", "杨", "杨", "黄", "黄", "赵", "赵", "吴", "吴", "周", "周", "徐", "徐", "孙", "孙",
    "马", "马", "朱", "朱", "胡", "胡", "郭", "郭", "何", "何", "林", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐",
    "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "于", "蒋", "蔡", "余", "杜", "叶", "程",
    "苏", "魏", "吕", "丁", "任", "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆", "汪", "范", "金", "石", "廖", "贾",
    "夏", "韦", "付", "方", "白", "邹", "孟", "熊", "秦", "邱", "江", "尹", "薛", "闫", "段", "雷", "侯", "龙", "史",
    "陶", "黎", "贺", "顾", "毛", "欧阳",
];

/// Characters of given names, for women and men alike.
const GIVEN: &str = "安澳柏宝北博采灿操昌畅超晨成诚承城驰川春纯慈聪存达丹道得登迪典冬栋端敦朵恩尔凡方芳飞菲斐丰风枫峰锋凤孚福甫高歌格耕公\
    冠光广桂国果海涵寒航豪皓浩禾合和河荷恒弘红宏虹鸿厚华桦怀欢焕辉慧惠吉济继佳家嘉见建健江杰洁捷今金瑾锦谨近晋京经晶景静\
    敬靖居菊娟隽钧俊峻骏开凯康可克岚澜朗乐雷磊蕾黎礼力立丽莉莲良亮林琳霖玲凌灵令流龙隆露鹭璐伦洛麦满茂梅美萌梦米勉妙民敏\
    名明铭茗墨沐牧慕楠宁诺沛培佩鹏平萍屏朴齐奇琪琦启千谦乾强巧勤琴青清晴庆琼秋曲泉然仁任容荣如儒锐瑞睿润若森杉珊善尚少绍\
    舍申深慎升生声胜圣诗石时实士世书舒淑树双爽水顺朔思松嵩苏素岁泰棠涛桃腾天恬田亭婷庭通彤童桐万旺望微维伟苇卫蔚文闻雯武\
    舞西希昔惜溪熙曦席霞夏先贤娴显湘祥翔向晓笑心欣新馨信星兴行幸雄秀旭绪轩萱宣玄学雪雅言岩延妍研彦艳阳洋扬瑶遥野叶一依怡\
    宜艺忆亦易益谊逸意毅翼因音银英迎盈莹颖映永勇友有佑于余瑜宇羽雨玉育昱煜裕毓元园原源远月悦越云芸允韵再泽展昭哲真珍振争\
    征正之知芝直志致智中忠舟洲竹筑卓子紫自梓宗祖";

/// Cities of those who live elsewhere.
const ELSEWHERE: [&str; 16] = [
    "北京", "广州", "深圳", "苏州", "宁波", "合肥", "郑州", "重庆", "福州", "厦门", "济南", "无锡", "昆明", "南昌",
    "天津", "绍兴",
];

/// Books of the list and their prices in 分.
const BOOKS: [(&str, i64); 20] = [
    ("红楼梦", 5_980),
    ("西游记", 4_780),
    ("三国演义", 3_960),
    ("水浒传", 5_060),
    ("聊斋志异", 6_800),
    ("浮生六记", 3_200),
    ("唐诗三百首", 2_980),
    ("宋词三百首", 2_980),
    ("世说新语", 4_200),
    ("徐霞客游记", 7_800),
    ("朝花夕拾", 1_990),
    ("呐喊", 2_200),
    ("背影", 2_680),
    ("呼兰河传", 3_280),
    ("城南旧事", 3_500),
    ("昆虫记", 8_800),
    ("瓦尔登湖", 3_980),
    ("小王子", 3_200),
    ("夜航西飞", 4_500),
    ("海底两万里", 3_860),
];

/// A name of two or three characters.
pub(crate) fn name(salt: u64) -> String {
    let draw = scramble(salt);
    let given_count = GIVEN.chars().count() as u64;
    let given = |bits: u64| GIVEN.chars().nth((bits % given_count) as usize);
    let mut name = SURNAMES[(draw % SURNAMES.len() as u64) as usize].to_owned();
    name.extend(given(draw >> 16));
    if !(draw >> 56).is_multiple_of(4) {
        name.extend(given(draw >> 36));
    }
    name
}

/// The city of a person whose store stands in `home`: mostly the same.
pub(crate) fn city(home: &'static str, salt: u64) -> &'static str {
    let draw = scramble(salt ^ 0x00c1_7000);
    if draw % 100 < 88 { home } else { ELSEWHERE[(draw >> 32) as usize % ELSEWHERE.len()] }
}

/// What an order holds and costs, in 分.
pub(crate) fn basket(salt: u64) -> (Vec<&'static str>, i64) {
    let draw = scramble(salt ^ 0x00b0_0c00);
    let count = [1, 1, 1, 2, 2, 3][(draw % 6) as usize];
    let first = (draw >> 8) as usize % BOOKS.len();
    // A step that shares no factor with twenty never takes the same book twice.
    let books = (0..count).map(|nth| BOOKS[(first + nth * 7) % BOOKS.len()]);
    (books.clone().map(|(title, _)| title).collect(), books.map(|(_, price)| price).sum())
}

/// A one-to-one shuffle of the numbers below ten million.
const fn shuffled(number: u32, salt: u64, factor: u64) -> u64 {
    (number as u64 * factor + salt) % 10_000_000
}

/// A user id such as `u0384729`.
pub(crate) fn user_id(number: u32, salt: u64) -> String {
    format!("u{:07}", shuffled(number, salt >> 8, 3_847_291))
}

/// A phone number that looks like one and rings nowhere: prefix 154 has not been handed to any operator.
pub(crate) fn phone(number: u32, salt: u64) -> String {
    format!("1540{:07}", shuffled(number, salt >> 20, 5_610_737))
}

/// Writes a number with 13 letters and digits.
fn letters(number: u64) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    (0..13).map(|place| char::from(ALPHABET[(number >> (5 * place)) as usize % 32])).collect()
}

/// A unionid that no WeChat account can have.
pub(crate) fn union_id(number: u32, salt: u64) -> String {
    format!("o_sim_{}", letters(scramble(salt ^ 0x0100_0000_0000 ^ u64::from(number))))
}

/// The anonymous id of a person's first (0) or second (1) browser.
pub(crate) fn anonymous_id(number: u32, device: u8, salt: u64) -> String {
    format!("h5-{:016x}", scramble(salt ^ (0x0200_0000_0000 | u64::from(device) << 34) ^ u64::from(number)))
}

/// A spread token.
pub(crate) fn token(number: u32, salt: u64) -> String {
    letters(scramble(salt ^ 0x0300_0000_0000 ^ u64::from(number)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn given_names_are_a_few_hundred_different_characters() {
        let all: Vec<char> = GIVEN.chars().collect();
        let different: BTreeSet<char> = all.iter().copied().collect();
        assert!(different.len() >= 400, "{}", different.len());
        assert!(all.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)), "no blank slipped in");
        let mut seen = BTreeSet::new();
        let twice: String = all.into_iter().filter(|c| !seen.insert(*c)).collect();
        assert_eq!(twice, "");
    }

    #[test]
    fn ids_are_unique() {
        let salt = scramble(7);
        for id in [user_id, phone, union_id, token] {
            let all: BTreeSet<String> = (0..70_000).map(|number| id(number, salt)).collect();
            assert_eq!(all.len(), 70_000);
        }
        let devices: BTreeSet<String> = (0..140_000).map(|n| anonymous_id(n / 2, u8::from(n % 2 == 1), salt)).collect();
        assert_eq!(devices.len(), 140_000);
    }

    #[test]
    fn nobody_buys_one_book_twice_in_an_order() {
        for salt in 0..500 {
            let (books, minor) = basket(salt);
            assert_eq!(books.iter().collect::<BTreeSet<_>>().len(), books.len());
            assert!((1_990..=25_000).contains(&minor), "{minor}");
        }
    }
}
