package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK;
import static io.tillstream.acceptance.User.BOOK_PRICE;
import static io.tillstream.acceptance.User.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a buyer does, from the catalog to a paid order. */
class BuyingIT {
    private static final User BETTY = new User("betty"); // only here

    @Test
    void everybodySeesWhatIsForSale() {
        JsonNode page = NOBODY.get("/api/products").expect(200).json();

        assertThat(page.path("data")).isNotEmpty().allSatisfy(product -> {
            assertThat(product.path("id").asString("")).isNotEmpty();
            assertThat(product.at("/price/amount").asLong()).isPositive();
            assertThat(product.at("/price/currency").asString("")).hasSize(3);
        });
        assertThat(NOBODY.get("/api/products/" + BOOK)
                        .expect(200)
                        .json()
                        .at("/price/amount")
                        .asLong())
                .isEqualTo(BOOK_PRICE);
    }

    @Test
    void aPageLearnsFromTheConfigHowToReachStripe() {
        Answer config = NOBODY.get("/api/config").expect(200);

        assertThat(config.text("/publishableKey")).isEqualTo(Stack.PUBLISHABLE_KEY);
        assertThat(config.body()).contains("stripeJsUrl").doesNotContain("sk_test", "whsec_");
    }

    @Test
    void anOrderIsPaidWithACardAndTheTimelineSaysWhy() {
        String order = BETTY.orders();
        Answer payment = BETTY.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        assertThat(payment.text("/status")).isIn("succeeded", "processing");

        BETTY.seesSettled(order, "paid");

        JsonNode intent = Simulator.intentOf(order);
        assertThat(intent.path("status").asString()).isEqualTo("succeeded");
        assertThat(intent.path("amount_received").asLong()).isEqualTo(BOOK_PRICE);
        assertThat(intent.path("currency").asString()).isEqualTo("usd");
        List<String> lines = StreamSupport.stream(BETTY.timeline(order).spliterator(), false)
                .map(line -> line.path("kind").asString() + " "
                        + line.path("outcome").asString())
                .toList();
        assertThat(lines).anyMatch(line -> line.equals("move PAID")).anyMatch(line -> line.startsWith("call "));
    }

    @Test
    void anOrderThatBringsItsPaymentIsPaidInOneStep() {
        Answer order = BETTY.post("/api/orders", User.order(BOOK, 2, User.card("pm_card_mastercard")))
                .expect(201);

        BETTY.seesSettled(order.id(), "paid");
        assertThat(Simulator.intentOf(order.id()).path("amount_received").asLong())
                .isEqualTo(2 * BOOK_PRICE);
    }

    @Test
    void aCardTokenOfAnOlderPagePaysToo() {
        String order = BETTY.orders();

        BETTY.pays(order, User.token("tok_visa")).expect(200, 201, 202);

        BETTY.seesSettled(order, "paid");
    }

    @Test
    void anOrderInYenIsPaidInYen() {
        String order = BETTY.orders("kawa-no-uta", 1);

        BETTY.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);

        BETTY.seesSettled(order, "paid");
        JsonNode intent = Simulator.intentOf(order);
        assertThat(intent.path("amount_received").asLong()).isEqualTo(1800);
        assertThat(intent.path("currency").asString()).isEqualTo("jpy");
    }

    @ParameterizedTest
    @CsvSource({
        "pm_card_chargeDeclined, generic_decline",
        "pm_card_chargeDeclinedInsufficientFunds, insufficient_funds",
        "pm_card_chargeDeclinedLostCard, generic_decline"
    })
    void aDeclinedCardLeavesTheOrderPayable(String declinedCard, String why) {
        String order = BETTY.orders();

        Answer no = BETTY.pays(order, User.card(declinedCard)).expectProblem(402, "card-declined");
        assertThat(no.body()).contains(why);
        assertThat(BETTY.settlement(order, "0s").text("/state")).isIn("failed", "settling");

        BETTY.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        BETTY.seesSettled(order, "paid");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void anOrderWhoseFirstPaymentIsDeclinedIsKeptOpen() {
        String key = User.key();
        Answer no = BETTY.post("/api/orders", User.order(BOOK, 1, User.card("pm_card_chargeDeclined")), key);

        no.expectProblem(402, "card-declined");
        String order = no.text("/orderId");
        assertThat(order)
                .as("the refusal names the order that was kept: %s", no.body())
                .isNotEmpty();
        BETTY.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        BETTY.seesSettled(order, "paid");
    }

    @Test
    void aCardThatAsksForTheBuyerIsNotAFailure() {
        String order = BETTY.orders();

        Answer payment =
                BETTY.pays(order, User.card("pm_card_authenticationRequired")).expect(200, 201, 202);

        assertThat(payment.text("/status")).isEqualTo("action_required");
        assertThat(payment.text("/clientSecret")).contains("_secret_");
        BETTY.seesSettled(order, "action_required");
    }

    @Test
    void anIntentConfirmedInTheBrowserSettlesByStripesEventAlone() {
        String order = BETTY.orders();
        Answer payment = BETTY.pays(order, User.PAYMENT_ELEMENT).expect(200, 201);

        Simulator.confirm(payment.text("/clientSecret"), "pm_card_visa");

        BETTY.seesSettled(order, "paid");
    }

    @Test
    void aPageThatListensIsToldOfThePaymentWithoutAsking() throws Exception {
        String order = BETTY.orders();
        Answer payment = BETTY.pays(order, User.PAYMENT_ELEMENT).expect(200, 201);
        try (SettlementStream stream = SettlementStream.of(BETTY, order)) {
            stream.seesState("settling");

            Simulator.confirm(payment.text("/clientSecret"), "pm_card_visa");

            stream.seesState("paid");
        }
    }

    @Test
    void aDelayedPaymentIsProcessingUntilTheBankSaysYes() {
        String order = BETTY.orders();
        Answer payment = BETTY.pays(order, User.PAYMENT_ELEMENT).expect(200, 201);

        JsonNode intent = Simulator.confirm(payment.text("/clientSecret"), "pm_usBankAccount_success");

        assertThat(intent.path("status").asString()).isIn("processing", "succeeded");
        BETTY.seesSettled(order, "paid");
    }

    @Test
    void ordersAreListedNewestFirstPageByPage() {
        User dave = new User("dave");
        String first = dave.orders();
        String second = dave.orders();
        String third = dave.orders();

        Answer page = dave.get("/api/orders?limit=2").expect(200);
        Answer rest = dave.get("/api/orders?limit=2&cursor=" + Simulator.encoded(page.text("/nextCursor")))
                .expect(200);

        assertThat(page.json().path("data"))
                .extracting(each -> each.path("id").asString())
                .containsExactly(third, second);
        assertThat(rest.json().path("data"))
                .extracting(each -> each.path("id").asString())
                .containsExactly(first);
        assertThat(rest.json().path("nextCursor").isNull()).isTrue();
    }
}
