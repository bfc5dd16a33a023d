package io.tillstream.subscription.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.testing.Seed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InvoiceMergerTest {

    private static final Subscription SUBSCRIPTION = Subscription.begun(
            UUID.randomUUID(),
            "pat",
            new Subscription.Terms("pro-monthly", null, 1, "usd"),
            "{}",
            Instant.EPOCH,
            Instant.EPOCH);

    private static JsonNode bill(String status, int attempts, long nextAttempt) {
        long paid = status.equals("paid") ? 2000 : 0;
        return JsonMapper.shared().readTree("""
                {"id": "in_1", "object": "invoice", "status": "%s", "created": 50, "currency": "usd", "total": 2000,
                 "subtotal": 2000, "amount_due": 2000, "amount_paid": %d, "amount_remaining": %d, "attempt_count": %d,
                 "next_payment_attempt": %s, "hosted_invoice_url": %s, "lines": {"data": []}}
                """.formatted(
                        status,
                        paid,
                        2000 - paid,
                        attempts,
                        nextAttempt == 0 ? "null" : "" + nextAttempt,
                        status.equals("draft") ? "null" : "\"https://pay/in_1\""));
    }

    private static StripeEvent event(String type, long created, JsonNode bill) {
        var raw = JsonMapper.shared().createObjectNode();
        raw.put("id", "evt_" + type + created).put("type", "invoice." + type).put("created", created);
        raw.putObject("data").set("object", bill);
        return StripeEvent.read(raw);
    }

    private static final List<StripeEvent> LIFE = List.of(
            event("created", 50, bill("draft", 0, 0)),
            event("finalized", 60, bill("open", 0, 60)),
            event("payment_failed", 61, bill("open", 1, 300)),
            event("updated", 61, bill("open", 1, 400)),
            event("payment_action_required", 300, bill("open", 2, 0)),
            event("paid", 350, bill("paid", 2, 0)),
            event("payment_succeeded", 350, bill("paid", 2, 0)));

    private static Optional<Invoice> after(@Nullable Invoice known, StripeEvent event, @Nullable JsonNode refetched) {
        InvoiceState news = InvoiceState.of(refetched != null ? refetched : event.object());
        assertThat(news).isNotNull();
        return InvoiceMerger.after(known, news, ReceivedInvoiceEvent.of(event), refetched != null, SUBSCRIPTION);
    }

    /** As the consumer does it: where the events cannot tell, Stripe is asked, which has the last of them. */
    private static Invoice lived(List<StripeEvent> events, JsonNode present) {
        Invoice known = null;
        for (StripeEvent event : events) {
            Optional<Invoice> next = after(known, event, null);
            known = next.isPresent() ? next.get() : after(known, event, present).orElseThrow();
        }
        return known;
    }

    @Test
    void whateverTheSequenceOfItsEventsABillEndsAsAtStripe() {
        for (int length = 1; length <= LIFE.size(); length++) {
            List<StripeEvent> events = LIFE.subList(0, length);
            Set<String> ends = new HashSet<>();
            JsonNode present = events.get(length - 1).object();
            for (int seed = 0; seed < 300; seed++) {
                List<StripeEvent> twice = new ArrayList<>(events);
                twice.addAll(events);
                Collections.shuffle(twice, Seed.random(seed));
                Invoice end = lived(twice, present);
                ends.add(end.fingerprint() + end.failedAt() + end.actionRequired() + end.everPaid());
                assertThat(end.fingerprint()).isEqualTo(InvoiceState.of(present).fingerprint());
            }
            assertThat(ends).hasSize(1);
        }
    }

    @Test
    void whatIsPaidStaysPaidHoweverLateAFailureIsTold() {
        Invoice paid = lived(LIFE, LIFE.get(6).object());
        StripeEvent late = event("payment_failed", 999, bill("open", 3, 0));
        Invoice after = after(paid, late, null).orElseThrow();
        assertThat(after.status()).isEqualTo(InvoiceStatus.PAID);
        assertThat(after.isOwed()).isFalse();
        assertThat(after(paid, late, bill("open", 3, 0)).orElseThrow().status()).isEqualTo(InvoiceStatus.PAID);
    }

    @Test
    void twoTellingsOfOneSecondThatNoRuleCanPutInOrderAreAskedFor() {
        Invoice known = lived(LIFE.subList(0, 3), LIFE.get(2).object());
        assertThat(after(known, LIFE.get(3), null)).isEmpty();
    }

    @Test
    void anEventThatIsOlderThanWhatWasReadDoesNotUndoIt() {
        Invoice known = lived(LIFE.subList(0, 2), LIFE.get(1).object());
        Invoice read = InvoiceMerger.after(
                        known,
                        InvoiceState.of(bill("open", 2, 0)),
                        ReceivedInvoiceEvent.asked(
                                io.tillstream.subscription.subscription.Cause.question("read", "in_1")),
                        true,
                        SUBSCRIPTION)
                .orElseThrow();
        Invoice after = after(read, LIFE.get(2), null).orElseThrow();
        assertThat(after.bill().attempts()).isEqualTo(2);
        assertThat(after.failedAt()).isEqualTo(Instant.ofEpochSecond(61));
    }

    /** Its user would be asked for a payment that was tried again meanwhile, and the next try would go unseen. */
    @Test
    void whatWasReadBeforeAnAttemptWasToldDoesNotUndoIt() {
        Invoice known = lived(LIFE.subList(0, 5), LIFE.get(4).object());
        Invoice after = after(known, LIFE.get(3), bill("open", 1, 400)).orElseThrow();
        assertThat(after.bill().attempts()).isEqualTo(2);
        assertThat(after.actionRequired()).isTrue();
    }

    @Test
    void whereABillAndItsLinesNameSubscriptionAndPriceDependsOnTheVersionAndBothAreRead() {
        JsonNode older = JsonMapper.shared().readTree("""
                {"id": "in_2", "subscription": "sub_1", "status": "paid", "created": 5, "currency": "eur", "total": 7,
                 "amount_due": 7, "amount_paid": 7, "amount_remaining": 0, "payment_intent": "pi_1",
                 "lines": {"data": [{"amount": 7, "description": "Pro", "quantity": 2, "proration": true,
                   "price": {"id": "price_1"}, "period": {"start": 5, "end": 9}}]}}
                """);
        JsonNode newer = JsonMapper.shared().readTree("""
                {"id": "in_2", "status": "paid", "created": 5, "currency": "eur", "total": 7,
                 "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
                 "amount_due": 7, "amount_paid": 7, "amount_remaining": 0,
                 "lines": {"data": [{"amount": 7, "description": "Pro", "quantity": 2,
                   "parent": {"subscription_item_details": {"proration": true}},
                   "pricing": {"price_details": {"price": "price_1"}}, "period": {"start": 5, "end": 9}}]}}
                """);
        assertThat(InvoiceOwnershipResolver.subscriptionOf(older)).isEqualTo("sub_1");
        assertThat(InvoiceOwnershipResolver.subscriptionOf(newer)).isEqualTo("sub_1");
        assertThat(InvoiceState.of(older)).isEqualTo(InvoiceState.of(newer));
        assertThat(InvoiceState.of(older).lines())
                .containsExactly(new InvoiceLine(
                        "Pro", 7, 2, "price_1", true, Instant.ofEpochSecond(5), Instant.ofEpochSecond(9)));
    }

    @Test
    void aBillThatDoesNotSayWhatIsOwedIsNotStored() {
        var thin = (tools.jackson.databind.node.ObjectNode) bill("open", 1, 0).deepCopy();
        thin.remove("amount_remaining");
        assertThat(InvoiceState.of(thin)).isNull();
    }

    /** Access counts from the first failed try: told later than a second one, it must not give access back meanwhile. */
    @Test
    void aSecondFailedTryThatIsToldFirstCountsFromTheFirst() {
        StripeEvent first = event("payment_failed", 61, collected(1));
        StripeEvent second = event("payment_failed", 300, collected(2));

        Invoice afterSecond = after(null, second, null).orElseThrow();
        Invoice afterBoth = after(afterSecond, first, null).orElseThrow();

        assertThat(afterSecond.failedAt()).isEqualTo(Instant.ofEpochSecond(61));
        assertThat(afterBoth.failedAt()).isEqualTo(Instant.ofEpochSecond(61));
    }

    private static JsonNode collected(int attempts) {
        var bill = (tools.jackson.databind.node.ObjectNode) bill("open", attempts, 400);
        bill.put("collection_method", "charge_automatically");
        bill.putObject("status_transitions").put("finalized_at", 61);
        return bill;
    }
}
