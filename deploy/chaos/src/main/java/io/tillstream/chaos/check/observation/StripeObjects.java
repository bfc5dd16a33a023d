package io.tillstream.chaos.check.observation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What matters of Stripe's objects. */
public final class StripeObjects {

    private StripeObjects() {}

    /** {@code order} and {@code attempt} stand in its metadata, which is anybody's to write. */
    public record Intent(
            String id, String status, long received, String currency, String customer, String order, String attempt) {

        static Intent of(JsonNode intent) {
            return new Intent(
                    text(intent, "id"),
                    text(intent, "status"),
                    intent.path("amount_received").asLong(),
                    text(intent, "currency"),
                    text(intent, "customer"),
                    text(intent.path("metadata"), "order_id"),
                    text(intent.path("metadata"), "attempt_id"));
        }

        public boolean isSucceeded() {
            return status.equals("succeeded");
        }

        /** Whether money may still come by it. */
        public boolean isOpen() {
            return !isSucceeded() && !status.equals("canceled");
        }
    }

    /** A hosted or embedded page to pay on; {@code order} stands in its metadata. */
    public record Page(String id, String status, String order) {
        static Page of(JsonNode session) {
            return new Page(text(session, "id"), text(session, "status"), text(session.path("metadata"), "order_id"));
        }

        public boolean isOpen() {
            return status.equals("open");
        }
    }

    /** {@code ourId} stands in its metadata. */
    public record Refund(String id, String intent, long amount, String status, String ourId) {
        private static final Set<String> NOT_GIVEN = Set.of("failed", "canceled");

        static Refund of(JsonNode refund) {
            return new Refund(
                    text(refund, "id"),
                    text(refund, "payment_intent"),
                    refund.path("amount").asLong(),
                    text(refund, "status"),
                    text(refund.path("metadata"), "refund_id"));
        }

        public boolean givesBack() {
            return !NOT_GIVEN.contains(status);
        }
    }

    /** A dispute of the charge of an intent. */
    public record Dispute(String id, String intent, String status) {
        private static final Set<String> KEEPS_MONEY = Set.of("needs_response", "under_review", "lost");

        static Dispute of(JsonNode dispute) {
            return new Dispute(text(dispute, "id"), text(dispute, "payment_intent"), text(dispute, "status"));
        }

        /** Open or lost: Stripe refuses to refund the charge. */
        public boolean forbidsRefund() {
            return KEEPS_MONEY.contains(status);
        }
    }

    /** {@code ourId} stands in its metadata. */
    public record Subscription(
            String id,
            String customer,
            String status,
            boolean hadTrial,
            boolean isCollected,
            String ourId,
            List<Item> items) {
        private static final Set<String> LIVE =
                Set.of("incomplete", "trialing", "active", "past_due", "unpaid", "paused");

        static Subscription of(JsonNode subscription) {
            List<Item> items = new ArrayList<>();
            subscription.path("items").path("data").forEach(item -> items.add(Item.of(item)));
            return new Subscription(
                    text(subscription, "id"),
                    text(subscription, "customer"),
                    text(subscription, "status"),
                    subscription.path("trial_end").isNumber(),
                    !subscription.path("pause_collection").isObject(),
                    text(subscription.path("metadata"), "subscription_id"),
                    items);
        }

        public boolean isLive() {
            return LIVE.contains(status);
        }

        /** The first that is one of these prices, else the first. */
        public @Nullable Item itemOf(Set<String> prices) {
            return items.stream()
                    .filter(item -> prices.contains(item.price()))
                    .findFirst()
                    .orElse(items.isEmpty() ? null : items.get(0));
        }
    }

    /** What is paid for, and the period of it. */
    public record Item(
            String price,
            long quantity,
            @Nullable Instant start,
            @Nullable Instant end) {
        static Item of(JsonNode item) {
            return new Item(
                    text(item.path("price"), "id"),
                    item.path("quantity").asLong(1),
                    time(item, "current_period_start"),
                    time(item, "current_period_end"));
        }
    }

    /** Of a subscription, or of none; {@code prices} are those of its first lines, which are all that a list tells. */
    public record Invoice(String id, String subscription, String status, long paid, Set<String> prices) {
        static Invoice of(JsonNode invoice) {
            Set<String> prices = new HashSet<>();
            invoice.path("lines")
                    .path("data")
                    .forEach(line -> prices.add(text(line.path("pricing").path("price_details"), "price")));
            return new Invoice(
                    text(invoice, "id"),
                    text(invoice.path("parent").path("subscription_details"), "subscription"),
                    text(invoice, "status"),
                    invoice.path("amount_paid").asLong(),
                    Set.copyOf(prices));
        }

        public boolean isPaid() {
            return status.equals("paid");
        }
    }

    /** What was taken off an invoice after it was made. */
    public record CreditNote(String id, String invoice, String status, long total) {
        static CreditNote of(JsonNode note) {
            return new CreditNote(
                    text(note, "id"),
                    text(note, "invoice"),
                    text(note, "status"),
                    note.path("total").asLong());
        }

        public boolean isIssued() {
            return status.equals("issued");
        }
    }

    /** Which intent pays which invoice. */
    public record InvoicePayment(String invoice, String intent, String status) {
        static InvoicePayment of(JsonNode payment) {
            return new InvoicePayment(
                    text(payment, "invoice"), text(payment.path("payment"), "payment_intent"), text(payment, "status"));
        }
    }

    /** A request as the journal has it. */
    public record Request(long number, String method, String path, String key, String object) {
        static Request of(JsonNode request) {
            return new Request(
                    request.path("number").asLong(),
                    text(request, "method"),
                    text(request, "path"),
                    text(request, "idempotency_key"),
                    text(request, "object_id"));
        }
    }

    /** An attempt to deliver an event, and what was answered. */
    public record Delivery(String event, String endpoint, int status) {
        static Delivery of(JsonNode attempt) {
            return new Delivery(
                    text(attempt, "event"),
                    text(attempt, "endpoint"),
                    attempt.path("status").asInt());
        }

        public boolean isAccepted() {
            return status / 100 == 2;
        }
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isTextual() ? value.asText() : "";
    }

    private static @Nullable Instant time(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isNumber() ? Instant.ofEpochSecond(value.asLong()) : null;
    }
}
