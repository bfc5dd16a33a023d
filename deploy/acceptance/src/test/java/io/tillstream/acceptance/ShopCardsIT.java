package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;

/** The page of saved cards, in a real browser. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class ShopCardsIT {
    private static final User MINNA = new User("minna"); // only here
    private static final By MAIN = By.tagName("main");
    private static final By YES = By.cssSelector("[data-yes]");

    private static Browser browser;
    private static ShopVisit visit;

    @BeforeAll
    static void open() {
        browser = Browser.open();
        visit = new ShopVisit(browser);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void withoutCards() {
        browser.forgetEverything();
        subscriptions().forEach(id -> MINNA.post("/api/subscriptions/" + id + "/cancel", "{\"when\": \"now\"}")
                .expect(200));
        cards().forEach(ShopCardsIT::removed);
    }

    /** A card of a subscription that was ended just now can be removed when payment-service has heard of its end. */
    private static void removed(String card) {
        await(card + " is removed")
                .atMost(User.PATIENCE)
                .pollInSameThread()
                .until(() -> MINNA.send("DELETE", "/api/payment-methods/" + card, null, java.util.Map.of())
                                .expect(204, 409)
                                .status()
                        == 204);
    }

    @AfterEach
    void nothingElseWentWrongInTheBrowser() {
        assertThat(browser.log().faults()).isEmpty();
    }

    private static List<String> cards() {
        return MINNA.get("/api/payment-methods")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .map(card -> card.path("id").asString())
                .toList();
    }

    private static List<String> subscriptions() {
        return MINNA.get("/api/subscriptions?status=active")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .map(one -> one.path("id").asString())
                .toList();
    }

    private static String saves(String ready) {
        return SavedCardsIT.save(MINNA, ready).expect(200, 201).id();
    }

    private static void seesCard(String lastFour, String text) {
        browser.seeText(By.cssSelector("[data-card='" + lastFour + "']"), text);
    }

    private static void removes(String card) {
        browser.click(By.cssSelector("[aria-label='Remove " + card + "']"));
        browser.click(YES);
    }

    @Test
    void aCardIsAddedMadeTheDefaultAndRemoved() {
        saves("pm_card_mastercard");
        visit.signInFrom("/cards", "minna");
        seesCard("4444", "Mastercard •••• 4444, expires");
        browser.click(By.id("add-card"));
        visit.types("4242424242424242");
        browser.click(By.id("save-card"));
        seesCard("4242", "Visa •••• 4242, expires 12/2040");
        assertThat(browser.has(By.cssSelector("[data-card='4242'] .tag.good"))).isFalse();

        browser.click(By.cssSelector("[aria-label='Make Visa •••• 4242 the default']"));
        seesCard("4242", "Default");
        removes("Mastercard •••• 4444");
        browser.seeText(MAIN, "Mastercard •••• 4444 is removed.");

        assertThat(cards()).hasSize(1);
        assertThat(MINNA.get("/api/payment-methods")
                        .json()
                        .at("/data/0/isDefault")
                        .asBoolean())
                .isTrue();
        browser.reload();
        seesCard("4242", "Default");
        assertThat(browser.has(By.cssSelector("[data-card='4444']"))).isFalse();
    }

    @Test
    void aCardThatPaysASubscriptionGoesWhenAnotherTakesItsPlaceAndNotBefore() {
        String visa = saves("pm_card_visa");
        String subscription = MINNA.post(
                        "/api/subscriptions",
                        "{\"planId\": \"pro-monthly\", \"trial\": false, \"paymentMethodId\": \"" + visa + "\"}")
                .expect(201)
                .id();
        new Starting(MINNA).seesStatus(subscription, "active");
        visit.signInFrom("/cards", "minna");
        removes("Visa •••• 4242");
        browser.seeText(MAIN, "Add another card first; it can take its place then.");

        String mastercard = saves("pm_card_mastercard");
        browser.reload();
        removes("Visa •••• 4242");
        browser.seeText(MAIN, "Which card shall pay it from now on?");
        assertThat(cards()).hasSize(2);
        browser.click(By.xpath("//button[.='Replace and remove']"));
        browser.seeText(MAIN, "Visa •••• 4242 is removed; the other card pays from now on.");

        assertThat(cards()).containsExactly(mastercard);
        // payment-service moved it at Stripe; that it did comes to the subscription with Stripe's event
        await().atMost(User.PATIENCE).untilAsserted(() -> assertThat(
                        MINNA.get("/api/subscriptions/" + subscription).text("/paymentMethodId"))
                .isEqualTo(mastercard));
        assertThat(browser.log().faults()).hasSize(2).allMatch(fault -> fault.startsWith("409 DELETE"));
    }

    @Test
    void aCardThatIsRefusedIsToldInWordsAndNotKept() {
        visit.signInFrom("/cards", "minna");
        browser.click(By.id("add-card"));
        visit.types("4000000000000002");
        browser.click(By.id("save-card"));
        browser.seeText(MAIN, "declined");

        assertThat(cards()).isEmpty();
        assertThat(browser.log().faults()).allMatch(fault -> fault.startsWith("402 POST"));
        visit.types("5555555555554444");
        browser.click(By.id("save-card"));
        seesCard("4444", "Mastercard •••• 4444, expires 12/2040");
    }
}
