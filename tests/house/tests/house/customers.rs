//! Customers at the pages of two brands in one installation.

use reqwest::Method;

use crate::{
    cases::{Scene, Spare},
    coverage,
    server::Installation,
};

const TOKEN: &str = "abcdefghjkmnpqrstuvwxyz23456789A";

#[tokio::test]
async fn a_customer_asks_as_themselves_at_their_own_brand_and_from_its_own_pages() {
    let house = Installation::new();
    house.create_brand("jia", "owner@jia.example").await;
    house.create_brand("yi", "owner@yi.example").await;
    let server = house.serve().await;
    let (ours, theirs) = (server.customer(1, TOKEN), server.customer(2, TOKEN));
    let made_up = server.customer(1, "made-up");
    let mut asked = 0;
    for (operation, case) in coverage::operations().await {
        if operation.permission != "fan" {
            continue;
        }
        let ask = || (case.ask)(&Scene { number: asked, spare: String::new(), email: String::new() });
        assert!(case.spare == Spare::None && ask().path.starts_with("/api/v1/fan/1/"), "{}", operation.id);
        assert_eq!(operation.ask(&theirs, &ask()).await.status, 401, "{} by another brand's", operation.id);
        assert_eq!(operation.ask(&made_up, &ask()).await.status, 401, "{} by a made-up token", operation.id);
        if operation.method != Method::GET {
            let foreign = ours.request(operation.method.clone(), &ask().path).header("origin", "https://evil.example");
            let answer = foreign.send().await.expect("the server answers");
            assert_eq!(answer.status(), 403, "{} from another site's page", operation.id);
        }
        let answer = operation.ask(&ours, &ask()).await;
        assert_eq!(answer.status, case.allowed, "{}: {}", operation.id, answer.text());
        asked += 1;
    }
    assert!(asked > 0);
}
