package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;

/** The operators' pages in a real browser: what they find and do, and that nobody else does. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class ConsoleIT {
    private static final User MAURA = new User("maura"); // only here
    private static final By MAIN = By.tagName("main");
    private static final By FOUND = By.id("found");

    private static Browser browser;
    private static ShopVisit visit;
    private static PageLook look;

    @BeforeAll
    static void open() {
        browser = Browser.open();
        visit = new ShopVisit(browser);
        look = new PageLook(browser);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void asANewVisitor() {
        browser.forgetEverything();
        var unused = browser.log().faults(); // of a page that is left, answered since
    }

    @AfterEach
    void nothingElseWentWrongInTheBrowser() {
        assertThat(browser.log().faults()).isEmpty();
    }

    private static void asOperator(String path) {
        visit.signInFrom(path, "operator");
    }

    private static void finds(String words, String... seen) {
        browser.type(By.id("q"), words);
        browser.click(By.cssSelector(".search button"));
        for (String one : seen) {
            browser.seeText(FOUND, one);
        }
    }

    @Test
    void aBuyerSeesNothingOfTheShopNotEvenWithPagesOfTheirOwn() {
        String order = User.BOB.orders();
        int asked = browser.log().sentTo(Stack.gateway() + "/api/admin").size();
        visit.signInFrom("/console", "maura");
        browser.seeText(By.tagName("h1"), "Not for this account");
        look.at("console-buyer");
        assertThat(browser.log().sentTo(Stack.gateway() + "/api/admin").size())
                .as("questions of an operator, by all tests so far")
                .isEqualTo(asked);

        browser.run("const name = 'tillstream.session'; const kept = JSON.parse(sessionStorage[name]);"
                + "kept.scopes = ['operator']; sessionStorage[name] = JSON.stringify(kept)");
        for (String page : new String[] {"", "/search?q=bob", "/orders/" + order}) {
            visit.open("/console" + page);
            browser.seeText(MAIN, "The access token does not allow this.");
            assertThat(browser.see(MAIN).getText()).doesNotContain(order.substring(0, 8));
        }
        browser.log().forgetUnanswered();
        visit.open("/console/events");
        browser.seeText(MAIN, "The access token does not allow this.");

        await("each service has refused") // the page asks several, and says so at the first
                .atMost(User.PATIENCE)
                .until(() -> browser.log().unanswered().stream().noneMatch(one -> one.contains("/api/admin/")));
        assertThat(browser.log().faults())
                .isNotEmpty()
                .allMatch(fault -> fault.startsWith("403 GET") || fault.matches("404 GET .*/timeline"));
    }

    @Test
    void anOrderIsFoundByWhateverIsKnownOfItAndItsMoneyGoesBackOnce() {
        MAURA.post("/api/customers", "{\"name\": \"Maura Example\", \"email\": \"Maura.Example@example.com\"}")
                .expect(200, 201);
        MAURA.post("/api/payment-methods", "{\"paymentMethodId\": \"pm_card_jcb\"}")
                .expect(200, 201);
        String order = MAURA.buys();
        String intent =
                User.OPERATOR.get("/api/admin/orders/" + order).expect(200).text("/stripePaymentIntentId");
        String shown = order.substring(0, 8);
        asOperator("/console/search");
        finds("maura", "Maura Example", shown, "succeeded");
        look.at("console-search");
        finds("maura.example@EXAMPLE.com", "Maura.Example@example.com", "JCB ••••");
        finds(User.OPERATOR.get("/api/admin/customers?userId=maura").text("/data/0/stripeCustomerId"), "Maura Example");
        finds("0505", "Maura Example");
        finds(intent, "Orders", "Payments", shown);
        finds(order, "Orders", shown, "Payments");
        finds("nobody-of-that-name");
        browser.seeText(By.id("nothing"), "There is nothing");
        assertThat(browser.log().faults())
                .as("an id of an order is none of another thing")
                .allMatch(fault -> fault.startsWith("404 GET"));

        visit.open("/console/orders/" + order);
        browser.seeText(MAIN, "payment_intent.succeeded");
        look.at("console-order");
        browser.type(By.id("field-amount"), "99.99");
        browser.click(By.id("refund"));
        browser.seeText(By.id("refund-messages"), "more than");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("409 POST");

        browser.type(By.id("field-amount"), "1.00");
        browser.run("const refund = document.getElementById('refund'); refund.click(); refund.click()");
        browser.seeText(By.id("refunded"), "$1.00");

        MAURA.seesStatus(order, "partially_refunded");
        assertThat(MAURA.get("/api/orders/" + order)
                        .json()
                        .at("/refunded/amount")
                        .asLong())
                .isEqualTo(100);
        browser.click(By.cssSelector("main a[href^='/console/payments/']"));
        browser.seeText(By.tagName("h1"), "Payment of $9.99");
        browser.seeText(MAIN, "requested by customer");
        look.at("console-payment");
    }

    @Test
    void aSubscriptionIsNotCollectedUntilTheOperatorHasItSo() {
        String wish = "{\"planId\": \"pro-monthly\", \"paymentMethodId\": \"pm_card_visa\", \"trial\": false}";
        String subscription = MAURA.post("/api/subscriptions", wish).expect(201).id();
        new Starting(MAURA).seesStatus(subscription, "active");
        asOperator("/console/subscriptions/" + subscription);
        browser.click(By.id("pause"));
        browser.click(By.cssSelector("[data-yes]"));
        browser.see(By.id("resume"));
        assertThat(MAURA.get("/api/subscriptions/" + subscription).text("/pause/behavior"))
                .isEqualTo("void");
        look.at("console-subscription");

        browser.click(By.id("resume"));
        browser.click(By.cssSelector("[data-yes]"));
        browser.see(By.id("pause"));

        assertThat(MAURA.get("/api/subscriptions/" + subscription).json().has("pause"))
                .isFalse();
    }

    /** As one that was paid after its subscription's end, and whose refund the bank sent back. */
    @Test
    void whatIsOwedOfAnInvoiceIsSeenUntilItIsGivenBack() {
        String wish = "{\"planId\": \"starter-monthly\", \"paymentMethodId\": \"pm_card_visa\", \"trial\": false}";
        String subscription = MAURA.post("/api/subscriptions", wish).expect(201).id();
        new Starting(MAURA).seesStatus(subscription, "active");
        String invoice = MAURA.get("/api/invoices?subscriptionId=" + subscription)
                .expect(200)
                .text("/data/0/id");
        FlaggedRefunds.ofInvoice(invoice);
        asOperator("/console");
        browser.seeText(By.id("owed-invoices"), invoice);
        browser.seeText(By.id("owed-invoices"), "lost_or_stolen_card");

        User.OPERATOR.post("/api/admin/invoices/" + invoice + "/refunds", "{}").expect(201);
        visit.open("/console");

        browser.seeText(By.id("owed-invoices"), "was given back, or is on its way");
        assertThat(browser.see(By.id("owed-invoices")).getText()).doesNotContain(invoice);
    }

    @Test
    void aDeadLetterIsTriedAgainAndSaidToBeAppliedSince() {
        String order = MAURA.buys();
        String event = Topic.planted("order-service", order);
        asOperator("/console/events");
        By again = By.cssSelector("[aria-label='Try payment_intent.succeeded " + event + " again']");
        browser.see(again);
        look.at("console-events");

        browser.click(again);
        browser.seeText(MAIN, "One is tried again.");

        await("the event is applied").atMost(User.PATIENCE).until(() -> !Databases.rows(
                        Databases.ORDERS, "select 1 from inbox where event_id = ?", event)
                .isEmpty());
        browser.reload();
        browser.seeText(By.xpath("//tr[contains(., '" + event + "')]"), "applied since");
        assertThat(MAURA.status(order)).as("nothing is paid twice").isEqualTo("paid");
    }

    /** A page asks once: where payment-service or Stripe was too slow for it, the next one shows it. */
    private static void seesStripesEndpoint() {
        By endpoint = By.id("stripe-endpoint");
        await("what Stripe's endpoint is like")
                .atMost(User.PATIENCE)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    browser.see(By.id("services"));
                    if (!browser.has(endpoint)) {
                        browser.reload();
                        browser.see(By.id("services"));
                    }
                    return browser.has(endpoint);
                });
        browser.seeText(endpoint, "is enabled");
    }

    @Test
    void whatFlowsNowIsSeenAndALostConnectionIsSaid() {
        asOperator("/console");
        browser.seeText(By.id("services"), "subscription-service");
        seesStripesEndpoint();
        MAURA.buys();
        browser.seeText(By.id("pictures"), "ms");
        await("all services answer")
                .atMost(User.PATIENCE)
                .pollInSameThread()
                .until(() -> !browser.see(By.id("services")).getText().contains("It does not answer."));
        look.at("console");

        browser.connected(false);
        browser.seeText(MAIN, "These pictures stand still");
        browser.connected(true);
        assertThat(browser.log().faults()).allMatch(fault -> fault.contains("ERR_INTERNET_DISCONNECTED"));
        visit.open("/console/orders/" + UUID.randomUUID());
        browser.seeText(By.tagName("h1"), "Not found");
        List<String> notFound = new ArrayList<>(); // the order and its timeline; the browser tells it some time after
        await().atMost(User.PATIENCE).until(() -> {
            browser.log().faults().stream()
                    .filter(fault -> !fault.contains("ERR_INTERNET_DISCONNECTED")) // of the page before
                    .forEach(notFound::add);
            return notFound.size() >= 2;
        });
        assertThat(notFound).hasSize(2).allMatch(fault -> fault.startsWith("404 GET"));
    }
}
