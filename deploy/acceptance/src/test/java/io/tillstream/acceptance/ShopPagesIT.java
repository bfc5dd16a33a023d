package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.By;

/** Every page of the shop, as everybody sees it. The pictures lie in {@code target/pictures}. */
@Runs(Stage.LONG)
@ResourceLock("browser of the shop") // one at a time, see Browser
class ShopPagesIT {
    private static final User SHEILA = new User("sheila"); // only here

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

    @Test
    void everyPageIsForEverybody() {
        guest();
        visit.signInFrom("/", "sheila");
        account();
        assertThat(browser.log().faults())
                .as("an account that is not registered, and a page of nobody")
                .allMatch(fault -> fault.startsWith("404 GET") && fault.matches(".*(customers/me|/api/orders/.*)"));
    }

    @Test
    void amountsAreWrittenInTheVisitorsWayWithStripesDigits() {
        visit.open("/");
        browser.seeText(By.tagName("main"), "Tidal Maps");
        assertThat(browser.runAndWait("""
            const done = arguments[arguments.length - 1];
            Promise.all([import('/shop/js/money.js'), import('/shop/js/config.js')]).then(async ([{money}, {config}]) => {
              const {currencies} = await config();
              const shown = [[1999, 'usd', 'en-US'], [1999, 'eur', 'de-DE'], [1800, 'jpy', 'en-US'], [1230, 'kwd', 'en-US'],
                [50000, 'isk', 'en-US'], [50000, 'ugx', 'en-US'], [1999, 'mga', 'en-US'], [1999, 'huf', 'en-US']]
                .map(([amount, currency, locale]) => money({amount, currency}, locale).replaceAll('\u00a0', ' '));
              currencies.forEach(currency => money({amount: 100, currency}, 'en-US'));
              done(shown.join('; '));
            }).catch(fault => done(String(fault)));
            """))
                .isEqualTo("$19.99; 19,99 €; ¥1,800; KWD 1.230; ISK 500; UGX 500; MGA 1,999; HUF 19.99");
    }

    /** The first request may still be done: another key would do it twice, a refund of a part for instance. */
    @Test
    void aWishWhoseFirstRequestIsStillBeingAnsweredKeepsItsKey() {
        visit.open("/");
        browser.seeText(By.tagName("main"), "Tidal Maps");
        assertThat(browser.runAndWait("""
            const done = arguments[arguments.length - 1];
            Promise.all([import('/shop/js/api.js'), import('/shop/js/keys.js')]).then(async ([{ApiError}, {once, dropKey}]) => {
              const keys = [];
              for (const code of ['idempotency-key-in-use', 'refund-exceeds-paid', 'refund-exceeds-paid']) {
                await once('wish', {amount: 500}, async (key) => {
                  keys.push(key);
                  throw new ApiError(409, {code});
                }).catch(() => {});
              }
              dropKey('wish');
              done([keys[0] === keys[1], keys[1] === keys[2]].join());
            }).catch(fault => done(String(fault)));
            """)).isEqualTo("true,false");
    }

    @Test
    void whoSignsOutIsAskedWhoTheyAreTheNextTime() {
        visit.signInFrom("/plans", "sheila");
        browser.click(By.id("sign-out"));
        browser.seeText(By.tagName("main"), "Tidal Maps");
        browser.click(By.id("sign-in"));
        browser.see(By.id("username"));
    }

    @Test
    void theShopIsLight() {
        visit.open("/");
        browser.seeText(By.tagName("main"), "Tidal Maps");
        Object bytes = browser.runAndWait("""
            const done = arguments[arguments.length - 1];
            const files = performance.getEntriesByType('resource').filter(one => one.name.includes('/shop/'));
            Promise.all(files.map(one => fetch(one.name).then(answer => answer.arrayBuffer())))
              .then(all => done(all.reduce((sum, one) => sum + one.byteLength, 0)), fault => done(String(fault)));
            """);
        assertThat(String.valueOf(bytes)).containsOnlyDigits();
        assertThat(Long.parseLong(String.valueOf(bytes)))
                .as("bytes, not packed")
                .isBetween(30_000L, 150_000L);
    }

    private static void guest() {
        visit.open("/");
        browser.seeText(By.tagName("main"), "Tidal Maps");
        look.at("shop");
        visit.put("tidal-maps").put("kawa-no-uta").open("/cart");
        browser.seeText(By.tagName("main"), "¥1,800");
        look.at("cart");
        visit.open("/checkout");
        browser.see(By.id("sign-in-to-pay"));
        look.at("checkout-guest");
        visit.open("/plans");
        browser.seeText(By.tagName("main"), "14 days free");
        look.at("plans");
        visit.open("/orders");
        browser.seeText(By.tagName("main"), "Sign in");
        look.at("sign-in-first");
    }

    private static void account() {
        String paid = SHEILA.buys();
        String refunded = SHEILA.buys();
        User.OPERATOR.post("/api/orders/" + refunded + "/refunds", "{}").expect(200, 201, 202);
        SHEILA.seesStatus(refunded, "refunded");
        String open = SHEILA.orders();
        SHEILA.post("/api/payment-methods", "{\"paymentMethodId\": \"pm_card_visa\"}")
                .expect(200, 201);
        String declined = SHEILA.orders();
        SHEILA.pays(declined, User.card("pm_card_chargeDeclinedExpiredCard")).expect(402);
        String asked = SHEILA.orders();
        SHEILA.pays(asked, User.card("pm_card_authenticationRequired")).expect(200, 201, 202);
        String subscription = SHEILA.post(
                        "/api/subscriptions",
                        "{\"planId\": \"starter-monthly\", \"paymentMethodId\": \"pm_card_visa\"}")
                .expect(201)
                .id();

        at("/checkout", "checkout", "Saved card, expires", "Pay ");
        at("/orders/" + paid, "order-paid", "Paid: $9.99", "What happened");
        at("/orders/" + refunded, "order-refunded", "It was refunded in full since.");
        assertThat(browser.see(By.tagName("main")).getText())
                .as("books that nobody pays for are on no way")
                .doesNotContain("on their way");
        at("/orders/" + open, "order-open", "We have seen no payment yet", "Pay this order");
        at("/orders/" + declined, "order-declined", "This card has expired.", "Pay again");
        at("/orders/" + asked, "order-action", "Your bank wants to hear from you", "Pay again");
        assertThat(browser.see(By.tagName("main")).getText())
                .as("nothing was tried in this browser: no step of the bank's can be gone on with")
                .doesNotContain("Confirm the payment");
        at("/orders", "orders", "Your orders", "Paid");
        at("/canceled?order=" + open, "canceled", "Nothing was charged", "Pay this order");
        visit.open("/canceled?order=" + refunded);
        browser.seeText(By.tagName("main"), "It was refunded in full since.");
        at("/orders/5c0a3f1e-8d1c-4d7e-9a55-0d6f0b7c2e11", "not-found", "Not found", "To the shop");
        at("/cards", "cards", "Visa •••• 4242, expires", "Default");
        at("/subscriptions/" + subscription, "subscription", "It runs.", "What would it cost?");
        at("/subscriptions", "subscriptions", "Starter", "What you may use");
        at("/plans/pro-monthly", "subscribe", "Seats", "Start 14 free days");
        at("/invoices", "invoices", "Paid", "PDF");
        at("/account", "account", "You are signed in", "Register");
    }

    private static void at(String path, String name, String... words) {
        visit.open(path);
        for (String word : words) {
            browser.seeText(By.tagName("main"), word);
        }
        look.at(name);
    }
}
