package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;

/** Visits to the shop that do not go as planned, and other ways to pay. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class ShopTroubleIT {
    private static final User SHIRIN = new User("shirin"); // only here
    private static final String GOOD = "4242424242424242";
    private static final String ASKS_THE_BANK = "4000002760003184";
    private static final By COMPLETE = By.cssSelector("button[value=complete]");
    private static final By FAIL = By.cssSelector("button[value=fail]");

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
    void nothingElseWentWrongInTheBrowser() {
        assertThat(browser.log().faults()).isEmpty();
    }

    private void atCheckout() {
        visit.signInFrom("/", "shirin").put(User.BOOK).checkOut().address("Shirin");
    }

    @Test
    void whoDoesNotConfirmHasNotPaidAndMayConfirmAnother() {
        atCheckout();
        visit.chooses("payment_element").types(ASKS_THE_BANK).pays();
        browser.enterFrameWith(FAIL);
        browser.click(FAIL);
        browser.leaveFrames();
        browser.seeText(ShopVisit.MESSAGES, "The payment was not confirmed with your bank, so nothing was paid.");

        visit.pays();
        browser.enterFrameWith(COMPLETE);
        browser.click(COMPLETE);
        browser.leaveFrames();

        String order = visit.orderId();
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void anOrderThatWaitsForTheBankIsConfirmedOnItsOwnPage() {
        atCheckout();
        visit.chooses("card").typesInOneLine(ASKS_THE_BANK).pays();
        browser.enterFrameWith(COMPLETE);
        browser.leaveFrames();
        browser.reload(); // away from the bank, in the middle
        visit.open("/orders");
        browser.click(By.cssSelector("main .lines a"));
        browser.click(By.xpath("//button[.='Confirm the payment']"));
        browser.enterFrameWith(COMPLETE);
        browser.click(COMPLETE);
        browser.leaveFrames();

        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        assertThat(Simulator.succeededIntentsOf(visit.orderId())).isEqualTo(1);
    }

    @Test
    void theSameCartInTwoTabsIsPaidOnce() {
        atCheckout();
        visit.chooses("payment_element").types(GOOD);
        String first = browser.tab();
        browser.openTab();
        visit.signInAgain("/checkout").address("Shirin");
        visit.chooses("token").typesInOneLine(GOOD).pays();
        String order = visit.orderId();
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");

        browser.toTab(first);
        visit.pays();

        browser.seeText(ShopVisit.STATE, "This order was paid already. Nothing was charged again.");
        assertThat(visit.orderId()).isEqualTo(order);
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void anAddressThatIsCorrectedAfterTheCartWasPaidIsNoSecondCharge() {
        atCheckout();
        visit.chooses("payment_element").types(GOOD);
        String first = browser.tab();
        browser.openTab();
        visit.signInAgain("/checkout").address("Shirin");
        visit.chooses("token").typesInOneLine(GOOD).pays();
        String order = visit.orderId();
        browser.seeText(ShopVisit.STATE, "Paid: $9.99");

        browser.toTab(first);
        browser.type(By.id("field-line1"), "2 Harbor Street");
        visit.pays();

        browser.seeText(ShopVisit.STATE, "This order was paid already. Nothing was charged again.");
        String page = browser.see(By.tagName("main")).getText();
        assertThat(page).as("where the books go").contains("It was ordered as you sent it first, to:");
        assertThat(page).contains("1 Harbor Street").doesNotContain("2 Harbor Street");
        assertThat(browser.log().faults()).singleElement().asString().startsWith("409 POST");
        assertThat(visit.orderId()).isEqualTo(order);
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void whoComesBackFromStripesPageIsShownWhatBecameOfIt() {
        atCheckout();
        visit.chooses("checkout").pays();
        browser.seeAddress(Stack.simulator().toString());
        String session = browser.address().replaceAll(".*/(cs_[^/?#]+).*", "$1");
        HostedPage.payAndStay(browser.address(), GOOD);

        visit.open("/paid?session_id=" + session);

        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        assertThat(browser.has(By.cssSelector(".count")))
                .as("the cart is empty")
                .isFalse();
    }

    @Test
    void anothersOrderIsNotFound() {
        String order = User.BOB.orders();
        visit.signInFrom("/", "shirin").open("/orders/" + order);

        browser.seeText(By.tagName("h1"), "Not found");
        assertThat(browser.log().faults()).allMatch(fault -> fault.startsWith("404 GET"));
    }

    @Test
    void aSessionThatEndedAsksToSignInAndKeepsTheCart() {
        atCheckout();
        browser.run("const name = 'tillstream.session'; const kept = JSON.parse(sessionStorage[name]);"
                + "kept.accessToken = 'over'; sessionStorage[name] = JSON.stringify(kept)");
        visit.open("/orders");
        browser.seeText(By.tagName("h1"), "Please sign in again");
        assertThat(browser.log().faults()).allMatch(fault -> fault.startsWith("401 GET"));

        browser.click(By.xpath("//main//button[.='Sign in']"));

        browser.seeText(By.tagName("h1"), "Your orders");
        browser.seeText(By.cssSelector(".count"), "1");
    }

    @Test
    void anOrderThatIsPaidWhileItsPageOpensIsNotOfferedToBePaidAgain() {
        visit.signInFrom("/", "shirin");
        String order = SHIRIN.orders();
        visit.open("/orders");
        browser.see(linkTo(order));
        browser.run("const real = window.fetch; const gate = new Promise(open => { window.goOn = open; });"
                + "window.fetch = async (path, options) => {"
                + "  if (String(path).endsWith('/settlement')) await gate; return real(path, options); }");
        browser.click(linkTo(order));
        browser.seeText(By.tagName("h1"), "Order of"); // so the order was read, unpaid
        SHIRIN.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        SHIRIN.seesSettled(order, "paid");

        browser.run("window.goOn()");

        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        browser.seeText(By.cssSelector(".aside .tag"), "Paid");
        assertThat(browser.see(By.tagName("main")).getText()).doesNotContain("Not paid yet", "Pay this order");
    }

    private static By linkTo(String order) {
        return By.cssSelector("main a[href='/orders/" + order + "']");
    }

    @Test
    void whatBecameOfAnOrderIsShownWhenALostConnectionIsBack() {
        visit.signInFrom("/", "shirin");
        String order = SHIRIN.orders();
        visit.open("/orders/" + order);
        browser.seeText(ShopVisit.STATE, "We have seen no payment yet");
        browser.seeText(By.tagName("main"), "Cancel this order");

        browser.connected(false);
        SHIRIN.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        SHIRIN.seesSettled(order, "paid");
        browser.connected(true);

        browser.seeText(ShopVisit.STATE, "Paid: $9.99");
        browser.seeText(By.cssSelector(".aside .tag"), "Paid");
        assertThat(browser.log().faults()).allMatch(fault -> fault.contains("ERR_INTERNET_DISCONNECTED"));
    }
}
