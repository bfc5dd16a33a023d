package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.openqa.selenium.By;

/** What a visitor of the shop does, step by step. */
final class ShopVisit {
    static final By PAY = By.id("pay");
    static final By STATE = By.id("state");
    static final By MESSAGES = By.id("messages");

    private final Browser browser;

    ShopVisit(Browser browser) {
        this.browser = browser;
    }

    ShopVisit open(String path) {
        browser.goTo(Stack.gateway() + path);
        return this;
    }

    ShopVisit put(String product) {
        browser.click(By.cssSelector("[data-product='" + product + "']"));
        return this;
    }

    ShopVisit checkOut() {
        browser.click(By.cssSelector("#navigation a[href='/cart']"));
        browser.click(By.cssSelector("main a[href='/checkout']"));
        return this;
    }

    ShopVisit address(String name) {
        browser.type(By.id("field-name"), name);
        browser.type(By.id("field-line1"), "1 Harbor Street");
        browser.type(By.id("field-city"), "Portland");
        browser.type(By.id("field-postalCode"), "97201");
        return this;
    }

    ShopVisit signIn(String user) {
        browser.type(By.id("username"), user);
        browser.type(By.id("password"), user + "-password");
        browser.click(By.cssSelector("button[type=submit]"));
        return this;
    }

    /** From any page, with the button in its head. */
    ShopVisit signInFrom(String path, String user) {
        open(path);
        browser.click(By.id("sign-in"));
        signIn(user);
        browser.see(By.id("sign-out"));
        return this;
    }

    /** Whom the identity provider still knows, in another tab say. */
    ShopVisit signInAgain(String path) {
        open(path);
        browser.click(By.id("sign-in"));
        browser.see(By.id("sign-out"));
        return this;
    }

    ShopVisit chooses(String way) {
        browser.click(By.cssSelector("input[name=way][value='" + way + "']"));
        return this;
    }

    /** Into the Payment Element, inside Stripe's frame. */
    ShopVisit types(String cardNumber) {
        By number = By.name("number");
        browser.enterFrameWith(number);
        browser.type(number, cardNumber);
        browser.type(By.name("expiry"), "1240");
        browser.type(By.name("cvc"), "123");
        browser.leaveFrames();
        return this;
    }

    /** Into the Card Element. */
    ShopVisit typesInOneLine(String cardNumber) {
        By number = By.name("cardnumber");
        browser.enterFrameWith(number);
        browser.type(number, cardNumber);
        browser.type(By.name("exp-date"), "1240");
        browser.type(By.name("cvc"), "123");
        browser.leaveFrames();
        return this;
    }

    ShopVisit pays() {
        browser.click(PAY);
        return this;
    }

    /** The order whose page is shown. */
    String orderId() {
        browser.seeAddress(Stack.gateway() + "/orders/");
        String id = browser.address().replaceAll(".*/orders/([^/?]+).*", "$1");
        assertThat(id).hasSize(36);
        return id;
    }
}
