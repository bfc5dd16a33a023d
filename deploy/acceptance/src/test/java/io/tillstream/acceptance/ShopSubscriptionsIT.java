package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;
import tools.jackson.databind.JsonNode;

/** The pages of a subscription, in a real browser: what they say is what is known. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class ShopSubscriptionsIT {
    private static final User SIGRID = new User("sigrid"); // only here
    private static final User TORUNN = new User("torunn"); // only here, and with no card of other tests
    private static final By MAIN = By.tagName("main");
    private static final By YES = By.cssSelector("[data-yes]");
    private static final By RESUME = By.id("resume");
    private static final By CANCEL_LATER = By.id("cancel-later");
    private static final By CONTINUE = By.id("continue");
    private static final By FAIL = By.cssSelector("button[value=fail]");
    private static final By CARD = By.cssSelector("input[name=method][value=card]");
    private static final Duration PATIENCE = User.PATIENCE;

    /** Stripe is slow: the shop answers 202, with the invoice as it is known. */
    private static final String NO_ANSWER_YET = """
        const real = window.fetch;
        window.fetch = async (path, options) => {
          if (!String(path).endsWith('/pay')) return real(path, options);
          const known = await real(String(path).replace('/pay', ''), { headers: options.headers });
          const { clientSecret, ...bill } = await known.json();
          return new Response(JSON.stringify(bill), { status: 202, headers: { 'Content-Type': 'application/json' } });
        };
        """;

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
    void asANewVisitor() {
        browser.forgetEverything();
    }

    @AfterEach
    void nothingWentWrongInTheBrowser() {
        assertThat(browser.log().faults()).isEmpty();
    }

    private static JsonNode now(String id) {
        return now(SIGRID, id);
    }

    private static JsonNode now(User user, String id) {
        return user.get("/api/subscriptions/" + id).expect(200).json();
    }

    private static void sees(String id, Predicate<JsonNode> as) {
        sees(SIGRID, id, as);
    }

    private static void sees(User user, String id, Predicate<JsonNode> as) {
        await("subscription " + id)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> now(user, id), as);
    }

    private static void says(By button) {
        browser.click(button);
        browser.click(YES);
    }

    private static String subscribes(String plan, String card) {
        visit.open("/plans/" + plan);
        chooses(card);
        browser.click(CONTINUE);
        browser.seeText(ShopVisit.STATE, "It runs.");
        return shown();
    }

    private static void chooses(String card) {
        browser.click(By.cssSelector("input[name=card][value='" + card + "']"));
    }

    /** The subscription whose page it is. */
    private static String shown() {
        browser.seeAddress(Stack.gateway() + "/subscriptions/");
        return browser.address().replaceAll(".*/subscriptions/([^/?]+).*", "$1");
    }

    @Test
    void whoEndsItAgainAfterAChangeOfMindIsNotBilledOnAndWhoSignsOutLeavesNothingBehind() {
        String card = SavedCardsIT.save(SIGRID, "pm_card_visa").expect(200, 201).id();
        visit.signInFrom("/", "sigrid");
        String first = subscribes("starter-monthly", card);

        says(CANCEL_LATER);
        browser.seeText(ShopVisit.STATE, "It ends with this period.");
        browser.click(RESUME);
        browser.seeText(ShopVisit.STATE, "It goes on.");
        says(CANCEL_LATER);
        browser.seeText(ShopVisit.STATE, "It ends with this period.");
        browser.see(RESUME);
        assertThat(now(first).path("cancelAtPeriodEnd").asBoolean()).isTrue();

        browser.click(RESUME);
        browser.seeText(ShopVisit.STATE, "It goes on.");
        says(By.id("cancel-now"));
        browser.seeText(ShopVisit.STATE, "It is ended.");
        String second = subscribes("starter-monthly", card);
        assertThat(second).isNotEqualTo(first);
        assertThat(now(second).path("status").asString()).isEqualTo("active");

        visit.open("/").put(User.BOOK).checkOut().address("Sigrid");
        browser.click(By.id("sign-out"));
        browser.seeText(MAIN, "Tidal Maps");
        visit.open("/checkout");
        assertThat(browser.see(By.id("field-line1")).getDomProperty("value"))
                .as("the next one at this machine sees where she lives")
                .isEmpty();
        assertThat(String.valueOf(browser.run("return Object.keys(sessionStorage).join()")))
                .doesNotContain(first, second);
    }

    @Test
    void whoHadTheirFreeDaysIsToldWhatToPayBeforeAnythingIsCharged() {
        // The only card of its user, and nobody else's: a card has the free days once.
        String card =
                SavedCardsIT.save(TORUNN, "pm_card_unionpay").expect(200, 201).id();
        String trial = TORUNN.post(
                        "/api/subscriptions", "{\"planId\": \"pro-monthly\", \"paymentMethodId\": \"" + card + "\"}")
                .expect(201)
                .id();
        sees(TORUNN, trial, one -> one.path("status").asString().equals("trialing"));
        TORUNN.post("/api/subscriptions/" + trial + "/cancel", "{\"when\": \"now\"}")
                .expect(200);
        visit.signInFrom("/plans/pro-monthly", "torunn");
        chooses(card);
        browser.seeText(CONTINUE, "Start 14 free days");

        browser.click(CONTINUE);

        browser.seeText(MAIN, "Your free days were used");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("422 POST");
        browser.seeText(CONTINUE, "Pay $");
        assertThat(TORUNN.get("/api/subscriptions?limit=1").text("/data/0/id")).isEqualTo(trial);
        browser.click(CONTINUE);
        browser.seeText(ShopVisit.STATE, "It runs.");
    }

    @Test
    void aPaymentThatIsNotKnownYetIsNotSaidToBeMadeOrMissing() {
        String card = SavedCardsIT.save(SIGRID, "pm_card_authenticationRequired")
                .expect(200, 201)
                .id();
        visit.open("/");
        browser.run("sessionStorage.setItem('tillstream.user', 'who was here before');"
                + "sessionStorage.setItem('tillstream.address', '{\"line1\": \"1 Harbor Street\"}')");
        visit.signInFrom("/plans/starter-yearly", "sigrid");
        assertThat(browser.run("return sessionStorage.getItem('tillstream.address')"))
                .as("another's street")
                .isNull();
        String id = failsTwiceAtTheBank(card);
        browser.seeText(ShopVisit.STATE, "The first payment is missing");
        browser.run(NO_ANSWER_YET);
        browser.click(By.xpath("//main//ul[@class='lines']//button[starts-with(., 'Pay')]"));
        browser.seeText(MAIN, "The payment is under way");
        assertThat(browser.see(MAIN).getText()).doesNotContain("The invoice is paid");

        Quiet.await(); // a late event draws the form anew, and what was typed is gone
        browser.reload();
        try (Deliveries.Held held = Deliveries.hold(SIGRID)) {
            browser.enterFrameWith(CARD);
            browser.click(CARD);
            browser.leaveFrames();
            visit.types("4242424242424242").pays();
            browser.seeText(ShopVisit.STATE, "It is being started");
            held.release();
        }
        browser.seeText(ShopVisit.STATE, "It runs.");
        itsEndIsShownAndTakenBackWhoeverSetIt(id);
        aChangeThatIsDeclinedIsShownToWait(id);
        whatGivesNothingIsNotEnjoyed(id);
    }

    private static String failsTwiceAtTheBank(String card) {
        chooses(card);
        for (int press = 0; press < 2; press++) {
            browser.click(CONTINUE);
            browser.enterFrameWith(FAIL); // each press is asked for anew
            browser.click(FAIL);
            browser.leaveFrames();
            browser.seeText(MAIN, "The payment was not confirmed with your bank, so nothing was paid.");
        }
        String id =
                SIGRID.get("/api/subscriptions?status=incomplete").expect(200).text("/data/0/id");
        visit.open("/subscriptions/" + id);
        return id;
    }

    private static void itsEndIsShownAndTakenBackWhoeverSetIt(String id) {
        String stripeId =
                User.OPERATOR.get("/api/admin/subscriptions/" + id).expect(200).text("/stripeSubscriptionId");
        long soon = Instant.now().plus(Duration.ofDays(20)).getEpochSecond();
        Simulator.stripe("POST", "/v1/subscriptions/" + stripeId, Map.of("cancel_at", String.valueOf(soon)))
                .expect(200);
        sees(id, one -> one.has("cancelAt"));
        browser.reload();

        browser.seeText(By.tagName("aside"), "Ends");
        assertThat(browser.has(CANCEL_LATER)).isFalse();
        browser.click(RESUME);
        browser.seeText(ShopVisit.STATE, "It goes on.");

        browser.seeText(By.tagName("aside"), "Renews");
        assertThat(now(id).has("cancelAt")).isFalse();
    }

    private static void aChangeThatIsDeclinedIsShownToWait(String id) {
        String empty = SavedCardsIT.save(SIGRID, "pm_card_chargeCustomerFail")
                .expect(200, 201)
                .id();
        SIGRID.send(
                        "PUT",
                        "/api/subscriptions/" + id + "/payment-method",
                        "{\"paymentMethodId\": \"" + empty + "\"}",
                        Map.of())
                .expect(200);
        browser.choose(By.id("new-plan"), "pro-yearly");
        browser.click(By.id("ask-quote"));
        browser.click(By.id("change-now"));

        browser.seeText(ShopVisit.STATE, "declined");
        browser.see(By.id("revoke-change"));
        assertThat(browser.has(By.id("offer"))).as("an offer that was used").isFalse();
        browser.click(By.id("revoke-change"));
        browser.seeText(ShopVisit.STATE, "The change is taken back.");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("402 POST");
    }

    private static void whatGivesNothingIsNotEnjoyed(String id) {
        String invoice = SIGRID.get("/api/invoices?subscriptionId=" + id)
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .filter(bill -> bill.path("status").asString().equals("paid"))
                .map(bill -> bill.path("id").asString())
                .findFirst()
                .orElseThrow();
        User.OPERATOR.post("/api/admin/invoices/" + invoice + "/refunds", "{}").expect(200, 201, 202);
        await("what was refunded gives nothing")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> SIGRID.get("/api/entitlements")
                                .expect(200)
                                .json()
                                .path("data")
                                .valueStream()
                                .map(one -> one.path("subscriptionId").asString(""))
                                .toList(),
                        (List<String> given) -> !given.contains(id));
        browser.reload();

        browser.seeText(ShopVisit.STATE, "It gives nothing at the moment");
    }
}
