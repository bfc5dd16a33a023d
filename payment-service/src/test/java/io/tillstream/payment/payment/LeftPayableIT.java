package io.tillstream.payment.payment;

import static io.tillstream.payment.fake.FakeStripe.Fault.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.payment.fake.RealPayments;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import io.tillstream.web.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** Money beside its user's deletion is either counted by its order or given back, never both and never neither. */
class LeftPayableIT extends RealPayments {

    private static final String SUCCEEDED = "io.tillstream.payment.succeeded.v1";
    private static final String LATE = "io.tillstream.payment.late_refunded.v1";

    @Autowired
    private PaymentFlow flow;

    @Autowired
    private PaymentClosure closing;

    @Autowired
    private Payables payables;

    @Autowired
    private PaymentSweep sweep;

    @Autowired
    private Transactions transactions;

    private PaymentResult pay(Method method, @Nullable String card) {
        return pay(method, card, null);
    }

    private PaymentResult pay(Method method, @Nullable String card, @Nullable Instant orderedAt) {
        var terms = new PaymentOptions(
                "Books",
                List.of(new PaymentOptions.Line("Emma", 1, 1999)),
                null,
                "https://shop/ok",
                "https://shop",
                false,
                false,
                false,
                null);
        return flow.pay(new PaymentCommand(
                        UUID.randomUUID(),
                        reference,
                        user,
                        new Money(1999, "usd"),
                        method,
                        card,
                        null,
                        terms,
                        null,
                        orderedAt))
                .block(WAIT);
    }

    /** The wish of the user, as far as it touches what they have not paid. */
    private void leaves() {
        leaves(Instant.now());
    }

    private void leaves(Instant wish) {
        transactions.run(payables.leave(user, wish)).block(WAIT);
    }

    /** The buyer pays at Stripe; gives what Stripe tells of it, twice and in whatever order. */
    private List<StripeEvent> paysAtStripe(PaymentResult open, long amount) {
        return pays(
                STRIPE.objects.ofAttempt("payment_intent", open.payment().id()).get(0), amount);
    }

    private static List<StripeEvent> pays(ObjectNode intent, long amount) {
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, amount);
        List<StripeEvent> told = new ArrayList<>(STRIPE.objects.events.subList(before, STRIPE.objects.events.size()));
        told.addAll(List.copyOf(told));
        Collections.shuffle(told, Seed.random("money beside a deletion"));
        return told;
    }

    private String close(CloseReason why) {
        return closing.close(reference, why).block(WAIT);
    }

    private List<String> refunds() {
        return texts("select amount::text from refunds where reference = :reference");
    }

    private void isGivenBack() {
        await().atMost(WAIT).untilAsserted(() -> assertThat(told()).containsOnlyOnce(LATE));
        assertThat(told()).doesNotContain(SUCCEEDED);
        assertThat(refunds()).containsExactly("1999");
    }

    private void isKept() {
        assertThat(told()).containsOnlyOnce(SUCCEEDED).doesNotContain(LATE);
        assertThat(refunds()).isEmpty();
    }

    @Test
    void moneyIsNotGivenBackBeforeItsOrderSaysThatItDoesNotCountIt() {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        leaves();
        paysAtStripe(open, 1999).forEach(this::deliver);

        assertThat(refunds()).isEmpty();
        assertThat(told()).isEmpty();

        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("closed");
        isGivenBack();
    }

    /** The order heard of the money first, and then of the deletion: it was shipped. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void moneyOfAnOrderThatIsPaidStaysThoughItsEventComesAfterTheWish(boolean heardBeforeTheClose) {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        leaves();
        List<StripeEvent> events = paysAtStripe(open, 1999);
        if (heardBeforeTheClose) {
            events.forEach(this::deliver);
        }

        assertThat(close(CloseReason.REQUESTED)).isEqualTo("settled");
        events.forEach(this::deliver);
        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("settled");

        isKept();
    }

    @Test
    void theFirstCloseDecidesAndMoneyThatIsToldLaterGoesBackOnce() {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        leaves();
        List<StripeEvent> events = paysAtStripe(open, 1999);

        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("closed");
        events.forEach(this::deliver);
        assertThat(close(CloseReason.REQUESTED)).isEqualTo("closed");
        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("closed");

        isGivenBack();
    }

    /** A card payment takes its seconds at Stripe, and its answer counts for the order at once. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatComesAfterTheWishIsNotTakenBackFromAnOrderThatCountsIt(boolean counts) {
        STRIPE.next(SLOW);
        int asked = STRIPE.requests.size();
        CompletableFuture<PaymentResult> paying = CompletableFuture.supplyAsync(() -> pay(Method.CARD, "pm_card_visa"));
        await().atMost(WAIT).until(() -> STRIPE.requests.subList(asked, STRIPE.requests.size()).stream()
                .anyMatch(request -> request.path().equals("/v1/payment_intents")
                        && request.method().equals("POST")));
        leaves();
        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("processing");
        STRIPE.goOn();

        assertThat(paying.join().payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(refunds()).isEmpty();
        if (counts) {
            assertThat(close(CloseReason.REQUESTED)).isEqualTo("settled");
            isKept();
        } else {
            assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("closed");
            isGivenBack();
        }
    }

    @Test
    void aWrongAmountOfWhoIsGoneGoesBackWholeAndKeepsNoCancelOpen() {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        leaves();
        paysAtStripe(open, 999).forEach(this::deliver);

        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("closed");

        await().atMost(WAIT).untilAsserted(() -> assertThat(told()).containsOnlyOnce(LATE));
        assertThat(refunds()).containsExactly("999");
    }

    @Test
    void nothingIsBegunToBePaidAfterTheWish() {
        pay(Method.CARD, "pm_card_Declined_Insufficient");
        leaves();
        assertThatThrownBy(() -> pay(Method.CARD, "pm_card_visa"))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("payable-closed"));
        assertThat(close(CloseReason.CUSTOMER_DELETED)).isEqualTo("closed");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void onlyWhatWasOrderedUntilTheWishIsLeft(long millisLater) {
        Instant wish = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        pay(Method.CARD, "pm_card_Declined_Insufficient", wish.plusMillis(millisLater));
        leaves(wish);

        assertThat(texts("select (left_at is not null)::text from payables where reference = :reference"))
                .containsExactly(String.valueOf(millisLater == 0));
    }

    /** Its order is not closed with the deletion: nobody would ever say whether its money counts. */
    @Test
    void whatIsOrderedAfterTheWishIsPaidThoughTheWishIsStoredLater() {
        Instant wish = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Instant ordered = wish.plusMillis(1);
        pay(Method.CARD, "pm_card_Declined_Insufficient", ordered);
        leaves(wish);

        assertThat(pay(Method.CARD, "pm_card_visa", ordered).payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);

        isKept();
    }

    /** Somebody's copy of an intent, say: its order is paid by it, and nobody else would end the wait. */
    @Test
    void theRightMoneyIsKeptThoughAWrongAmountBesideItWaitsForAPerson() {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        paysAtStripe(open, 999).forEach(this::deliver);
        leaves();
        pays(copy(open), 1999).forEach(this::deliver);
        assertThat(told()).doesNotContain(SUCCEEDED);

        assertThat(close(CloseReason.REQUESTED)).isEqualTo("settled");

        isKept();
    }

    private static ObjectNode copy(PaymentResult open) {
        String attempt = open.payment().id().toString();
        ObjectNode copy = STRIPE.objects
                .object("pi", "payment_intent", Map.of("metadata[attempt_id]", attempt, "metadata[env]", "local"))
                .put("amount", 1999)
                .put("amount_received", 0)
                .put("currency", "usd")
                .put("customer", open.payment().stripeCustomerId());
        STRIPE.objects.all.put(StripeObjects.id(copy), copy);
        return copy;
    }

    /** An instance of the release before closes without a look at what is held: neither the user nor the shop would have it. */
    @ParameterizedTest
    @ValueSource(longs = {1999, 999})
    void moneyThatAnOlderReleaseClosedOverIsOwedOnce(long amount) {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        leaves();
        paysAtStripe(open, amount).forEach(this::deliver);
        closedByAnOlderRelease();

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(told()).containsOnlyOnce(LATE));
        sweep.round().block(WAIT);
        assertThat(told()).containsOnlyOnce(LATE).doesNotContain(SUCCEEDED);
        assertThat(refunds()).containsExactly(String.valueOf(amount));
    }

    private void closedByAnOlderRelease() {
        database.sql("update payables set status = 'closed', updated_at = now() where reference = :reference")
                .bind("reference", reference)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
    }

    private ObjectNode awaits(PaymentResult open, String action) {
        ObjectNode intent =
                STRIPE.objects.ofAttempt("payment_intent", open.payment().id()).get(0);
        intent.put("status", "requires_action");
        intent.putObject("next_action").put("type", action);
        return intent;
    }

    /**
     * A transfer to an intent that is canceled lands on a balance at Stripe that nobody reads.
     *
     * @see <a href="https://docs.stripe.com/payments/bank-transfers/accept-a-payment">Stripe: bank transfers</a>
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "display_bank_transfer_instructions",
                "boleto_display_details",
                "konbini_display_details",
                "multibanco_display_details",
                "oxxo_display_details"
            })
    void whoHasBankDetailsOrAVoucherInHandCanPayByThemThoughTheirOrderIsOld(String action) {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        ObjectNode intent = awaits(open, action);

        assertThat(close(CloseReason.EXPIRED)).isEqualTo("processing");
        assertThat(intent.get("status").stringValue()).isEqualTo("requires_action");

        assertThat(close(CloseReason.REQUESTED)).isEqualTo("closed");
        assertThat(intent.get("status").stringValue()).isEqualTo("canceled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redirect_to_url", "use_stripe_sdk", "pix_display_qr_code"})
    void whoLeftTheirBanksPageAWeekAgoKeepsNoPrice(String action) {
        ObjectNode intent = awaits(pay(Method.PAYMENT_ELEMENT, null), action);

        assertThat(close(CloseReason.EXPIRED)).isEqualTo("closed");
        assertThat(intent.get("status").stringValue()).isEqualTo("canceled");
    }
}
