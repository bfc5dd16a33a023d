package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;

/** The pages as a person uses them, in a real browser. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class BrowserIT {
    private static final User BORIS = new User("boris"); // only here
    private static final By COMPLETE = By.cssSelector("button[value=complete]");
    private static final By FAIL = By.cssSelector("button[value=fail]");

    private Browser browser;

    @BeforeEach
    void open() {
        browser = Browser.open();
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private void typeCard(String number) {
        browser.type(By.id("email"), "alice@example.com");
        browser.type(By.id("cardNumber"), number);
        browser.type(By.id("cardExpiry"), "12 / 40");
        browser.type(By.id("cardCvc"), "123");
        browser.type(By.id("billingName"), "Alice Example");
        browser.type(By.id("billingPostalCode"), "12345");
        browser.click(By.id("submit"));
    }

    @Test
    void aBuyerPaysOnTheHostedPageAndComesBackToAPaidOrder() {
        String order = BORIS.orders();
        Answer session =
                BORIS.post("/api/checkout/sessions", CheckoutIT.session(order)).expect(201);

        browser.goTo(session.text("/url"));
        browser.seeText(By.id("total"), "9.99");
        typeCard("4242424242424242");

        browser.seeAddress(ShopPage.origin() + "/done?session=" + session.id());
        assertThat(BORIS.get("/api/checkout/sessions/" + session.id())
                        .expect(200)
                        .text("/status"))
                .isEqualTo("complete");
        BORIS.seesSettled(order, "paid");
    }

    @Test
    void aBuyerWhoseCardIsDeclinedOnTheHostedPageTakesAnother() {
        String order = BORIS.orders();
        Answer session =
                BORIS.post("/api/checkout/sessions", CheckoutIT.session(order)).expect(201);

        browser.goTo(session.text("/url"));
        typeCard("4000000000000002");
        browser.seeText(By.tagName("body"), "declined");
        typeCard("4242424242424242");

        browser.seeAddress(ShopPage.origin() + "/done");
        BORIS.seesSettled(order, "paid");
    }

    @Test
    void aBuyerConfirmsThemselvesToTheirBankFromTheHostedPage() {
        String order = BORIS.orders();
        Answer session =
                BORIS.post("/api/checkout/sessions", CheckoutIT.session(order)).expect(201);

        browser.goTo(session.text("/url"));
        typeCard("4000002760003184");
        browser.enterFrameWith(COMPLETE);
        browser.click(COMPLETE);

        browser.leaveFrames();
        browser.seeAddress(ShopPage.origin() + "/done");
        BORIS.seesSettled(order, "paid");
    }

    @Test
    void aSavedCardThatAsksForTheBankIsPaidOnTheShopsPage() {
        String order = BORIS.orders();
        Answer payment =
                BORIS.pays(order, User.card("pm_card_authenticationRequired")).expect(201, 202);
        assertThat(payment.text("/status")).isEqualTo("action_required");

        browser.goTo(shopPage("/next", payment.text("/clientSecret")));
        browser.enterFrameWith(COMPLETE);
        browser.click(COMPLETE);

        browser.leaveFrames();
        browser.seeText(By.id("outcome"), "payment succeeded");
        BORIS.seesSettled(order, "paid");
    }

    @Test
    void aBuyerWhoDoesNotConfirmHasNotPaidAndMayTryAgain() {
        String order = BORIS.orders();
        Answer payment =
                BORIS.pays(order, User.card("pm_card_authenticationRequired")).expect(201, 202);

        browser.goTo(shopPage("/next", payment.text("/clientSecret")));
        browser.enterFrameWith(FAIL);
        browser.click(FAIL);

        browser.leaveFrames();
        browser.seeText(By.id("outcome"), "error");
        BORIS.seesSettled(order, "failed");
        BORIS.pays(order, User.card("pm_card_visa")).expect(201, 202);
        BORIS.seesSettled(order, "paid");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void aBuyerPaysWithElementsOnTheShopsOwnPage() {
        String order = BORIS.orders();
        Answer payment = BORIS.pays(order, User.PAYMENT_ELEMENT).expect(201);

        browser.goTo(shopPage("/pay", payment.text("/clientSecret")));
        browser.seeText(By.id("outcome"), "ready");
        By number = By.name("number");
        browser.enterFrameWith(number);
        browser.type(number, "4242424242424242");
        browser.type(By.name("expiry"), "1240");
        browser.type(By.name("cvc"), "123");
        browser.leaveFrames();
        browser.click(By.id("pay"));

        browser.seeText(By.id("outcome"), "payment succeeded");
        BORIS.seesSettled(order, "paid");
    }

    @Test
    void theApiPageShowsTheEndpointsOfAllServices() {
        browser.goTo(Stack.gateway() + "/docs");

        browser.seeText(By.tagName("body"), "/api/orders");
    }

    private static String shopPage(String path, String clientSecret) {
        Answer config = User.NOBODY.get("/api/config").expect(200);
        URI page = URI.create(
                ShopPage.page(path, config.text("/stripeJsUrl"), config.text("/publishableKey"), clientSecret));
        return page.toString();
    }
}
