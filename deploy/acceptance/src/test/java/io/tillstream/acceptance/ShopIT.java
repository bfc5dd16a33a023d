package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;

/** The shop as its visitors use it, in a real browser. A console error or a failed request fails the test. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class ShopIT {
    private static final User SHELLEY = new User("shelley"); // only here
    private static final String BOOK = User.BOOK;
    private static final String GOOD = "4242424242424242";
    private static final String DECLINED = "4000000000009995"; // insufficient funds

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

    @Test
    void aGuestSignsInToPayAndThePageSaysPaidWhenStripeDoes() {
        visit.open("/").put(BOOK).checkOut().address("Shelley");
        browser.click(By.id("sign-in-to-pay"));
        visit.signIn("shelley");
        browser.seeText(By.id("total"), "$9.99");
        String order;
        try (Deliveries.Held held = Deliveries.hold(SHELLEY)) {
            visit.chooses("payment_element").types(GOOD).pays();
            order = visit.orderId();
            browser.seeText(ShopVisit.STATE, "We have seen no payment yet");
            browser.run("window.sameDocument = true");
            held.release();
        }
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        assertThat(browser.run("return window.sameDocument")).isEqualTo(true);
        assertThat(SHELLEY.status(order)).isEqualTo("paid");
        assertThat(SHELLEY.get("/api/orders/" + order).text("/shippingAddress/city"))
                .isEqualTo("Portland");
        assertThat(browser.has(By.cssSelector(".count")))
                .as("the cart is empty")
                .isFalse();
    }

    @Test
    void aDeclinedCardIsToldInWordsAndAnotherOnePaysTheSameOrder() {
        visit.signInFrom("/", "shelley").put(BOOK).checkOut().address("Shelley");
        visit.chooses("card").typesInOneLine(DECLINED).pays();
        browser.seeText(ShopVisit.MESSAGES, "There is not enough money on this card.");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("402 POST");

        String order;
        try (Deliveries.Held held = Deliveries.hold(SHELLEY)) {
            visit.chooses("payment_element").types(GOOD).pays();
            order = visit.orderId();
            browser.seeText(ShopVisit.STATE, "We have seen no payment yet");
            held.release();
        }
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void pressingTwiceAndComingBackIsOneCharge() {
        visit.signInFrom("/", "shelley").put(BOOK).checkOut().address("Shelley");
        visit.chooses("card").typesInOneLine(GOOD);
        browser.run("const pay = document.getElementById('pay'); pay.click(); pay.click()");
        String order = visit.orderId();
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");

        browser.back();

        browser.seeText(By.tagName("h1"), "Nothing to pay");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    /** Whom the shop asks for another amount than the button said, pays what they never agreed to. */
    @Test
    void aPriceThatChangedIsShownBeforeItIsPaid() {
        String book = "book-" + User.key();
        priced("\"id\": \"" + book + "\", ", "POST", "/api/products", 500);
        visit.signInFrom("/", "shelley").put(book).checkOut().address("Shelley");
        visit.chooses("card").typesInOneLine(DECLINED).pays();
        browser.seeText(ShopVisit.MESSAGES, "There is not enough money on this card.");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("402 POST");
        String order = SHELLEY.get("/api/orders?limit=1").text("/data/0/id");
        String saved =
                SavedCardsIT.save(SHELLEY, "pm_card_visa").expect(200, 201).id();
        priced("", "PUT", "/api/products/" + book, 400);
        browser.reload();
        browser.seeText(ShopVisit.PAY, "Pay $4.00");

        visit.chooses(saved).pays();

        browser.seeText(By.tagName("main"), "The price changed");
        browser.seeText(ShopVisit.PAY, "Pay $5.00");
        assertThat(Simulator.succeededIntentsOf(order)).isZero();
        visit.chooses(saved).pays();
        browser.seeText(ShopVisit.STATE, "Paid: $5.00");
        assertThat(visit.orderId()).isEqualTo(order);
    }

    private static void priced(String id, String method, String path, long amount) {
        String book = """
            {%s"name": "A Dear Book", "description": "Dear.", "price": {"amount": %d, "currency": "usd"}}\
            """.formatted(id, amount);
        User.OPERATOR
                .send(method, path, book, Map.of("Idempotency-Key", User.key()))
                .expect(200, 201);
    }

    @Test
    void aCorrectedAddressAfterATryWithoutAnAnswerIsNoSecondCharge() {
        visit.signInFrom("/", "shelley").put(BOOK).checkOut().address("Shelley");
        browser.run("const real = window.fetch; window.fetch = async (path, options) => {"
                + "  const answer = await real(path, options);"
                + "  return String(path).endsWith('/payments') ? new Response('{}', { status: 500 }) : answer; }");
        visit.chooses("card").typesInOneLine(GOOD).pays();
        browser.seeText(ShopVisit.MESSAGES, "The shop answered 500.");

        browser.type(By.id("field-line1"), "2 Harbor Street");
        visit.pays();

        String order = visit.orderId();
        browser.seeText(ShopVisit.STATE, "This order was paid already. Nothing was charged again.");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
        assertThat(SHELLEY.get("/api/orders?limit=1").text("/data/0/id"))
                .as("another order of the same cart")
                .isEqualTo(order);
        assertThat(browser.log().faults()).singleElement().asString().startsWith("409 POST");
    }

    @Test
    void whoCancelsAnOrderMayOrderTheSameCartAgainAndWhoSignsOutLeavesNoPageBehind() {
        visit.signInFrom("/", "shelley").put(BOOK).checkOut().address("Shelley");
        visit.chooses("card").typesInOneLine(DECLINED).pays();
        browser.seeText(ShopVisit.MESSAGES, "There is not enough money on this card.");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("402 POST");
        String canceled = SHELLEY.get("/api/orders?limit=1").text("/data/0/id");
        SHELLEY.post("/api/orders/" + canceled + "/cancel", "{}").expect(200);

        visit.chooses("payment_element").types(GOOD).pays();

        assertThat(visit.orderId()).isNotEqualTo(canceled);
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");

        browser.run(
                "const real = window.fetch; window.fetch = (path, options) =>"
                        + " String(path).includes('.well-known') ? Promise.reject(new TypeError('away')) : real(path, options)");
        browser.click(By.id("sign-out"));
        browser.see(By.cssSelector("[data-product='" + BOOK + "']"));
        assertThat(browser.see(By.tagName("main")).getText()).doesNotContain("Harbor Street");
    }

    @Test
    void noCardNumberIsInOurTrafficOrStorage() {
        visit.signInFrom("/", "shelley").put(BOOK).checkOut().address("Shelley");
        visit.chooses("payment_element").types(GOOD).pays();
        visit.orderId();
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");

        assertThat(browser.log().sentTo(Stack.gateway().toString()))
                .isNotEmpty()
                .noneMatch(sent -> sent.replaceAll("[ +]|%20", "").contains(GOOD));
        Object kept =
                browser.run("return JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie"
                        + " + document.documentElement.outerHTML");
        assertThat(String.valueOf(kept)).contains("tillstream.session").doesNotContain(GOOD, "4242 4242");
        assertThat(browser.log().sentTo(Stack.simulator().toString()))
                .as("the search finds it where it belongs")
                .anyMatch(sent -> sent.contains(GOOD));
    }
}
