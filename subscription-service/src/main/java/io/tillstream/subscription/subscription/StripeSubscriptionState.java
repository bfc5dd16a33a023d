package io.tillstream.subscription.subscription;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe's Subscription object said at one moment, read from JSON of any API version: the period stood on the
 * subscription until 2025-03-31.basil and stands on its items since.
 *
 * @param status null where it is missing, or one that Stripe has added since
 * @param items what is paid for; the first that is one of our plans counts
 * @param pause collection is paused; null: it is not
 * @param testClockId the clock it lives by, where it is not the world's
 * @param pending a change whose payment has not succeeded yet
 * @see <a href="https://docs.stripe.com/api/subscriptions/object">Stripe: the Subscription object</a>
 */
public record StripeSubscriptionState(
        String id,
        @Nullable String customerId,
        @Nullable SubscriptionStatus status,
        @Nullable String currency,
        List<Item> items,
        @Nullable Instant trialEnd,
        Subscription.Ending ending,
        Subscription.@Nullable Pause pause,
        @Nullable Pending pending,
        @Nullable String scheduleId,
        @Nullable String defaultPaymentMethod,
        @Nullable String latestInvoiceId,
        @Nullable String testClockId,
        Map<String, String> metadata) {

    /** One price of the subscription, and the period that is paid or owed for it. */
    public record Item(
            @Nullable String id,
            @Nullable String priceId,
            int quantity,
            @Nullable Instant periodStart,
            @Nullable Instant periodEnd) {}

    /** What it becomes once the payment for it succeeds. */
    public record Pending(
            @Nullable String priceId,
            @Nullable Integer quantity,
            @Nullable Instant until) {}

    /** Reads the object of an event, of an API answer, or inside another object. */
    public static StripeSubscriptionState of(JsonNode subscription) {
        String id = StripeJson.text(subscription, "id");
        if (id == null) {
            throw new UnreadableEvent("Subscription without id");
        }
        return new StripeSubscriptionState(
                id,
                StripeJson.id(subscription, "customer"),
                status(StripeJson.text(subscription, "status")),
                StripeJson.text(subscription, "currency"),
                subscription
                        .path("items")
                        .path("data")
                        .valueStream()
                        .map(item -> item(item, subscription))
                        .toList(),
                time(subscription, "trial_end"),
                ending(subscription),
                pause(subscription.get("pause_collection")),
                pending(subscription.get("pending_update")),
                StripeJson.id(subscription, "schedule"),
                StripeJson.id(subscription, "default_payment_method"),
                StripeJson.id(subscription, "latest_invoice"),
                StripeJson.id(subscription, "test_clock"),
                metadata(subscription.get("metadata")));
    }

    /** An answer of stripe-java, by the JSON it was made of. */
    public static StripeSubscriptionState of(com.stripe.model.Subscription answer) {
        return of(StripeJson.read(answer.getLastResponse().body().getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether all is there that the rules need; otherwise Stripe has to be asked. */
    public boolean isWhole() {
        return status != null
                && customerId != null
                && !items.isEmpty()
                && items.stream()
                        .allMatch(item ->
                                item.priceId() != null && item.periodStart() != null && item.periodEnd() != null);
    }

    /** All that matters, to tell two snapshots of one second apart. */
    public String fingerprint() {
        var told = new StripeSubscriptionState(
                id,
                customerId,
                status,
                currency,
                items,
                trialEnd,
                ending,
                pause,
                pending,
                scheduleId,
                defaultPaymentMethod,
                latestInvoiceId,
                testClockId,
                Map.of());
        return SnapshotHash.of(told.toString());
    }

    /** Our id of it, where it was begun by us. */
    public @Nullable String ownId() {
        return metadata.get("subscription_id");
    }

    /** A moment in Stripe's whole seconds. */
    public static @Nullable Instant time(@Nullable JsonNode node, String field) {
        Long seconds = StripeJson.number(node, field);
        return seconds == null ? null : Instant.ofEpochSecond(seconds);
    }

    private static Item item(JsonNode item, JsonNode subscription) {
        String price = StripeJson.id(item, "price");
        Instant start = time(item, "current_period_start");
        Instant end = time(item, "current_period_end");
        return new Item(
                StripeJson.text(item, "id"),
                price != null ? price : StripeJson.id(item, "plan"),
                Objects.requireNonNullElse(StripeJson.count(item, "quantity"), 1),
                start != null ? start : time(subscription, "current_period_start"),
                end != null ? end : time(subscription, "current_period_end"));
    }

    private static Subscription.Ending ending(JsonNode subscription) {
        JsonNode details = subscription.get("cancellation_details");
        String comment = StripeJson.text(details, "comment");
        String feedback = StripeJson.text(details, "feedback");
        String reason = StripeJson.text(details, "reason");
        Subscription.Ending ending = new Subscription.Ending(
                time(subscription, "cancel_at"),
                subscription.path("cancel_at_period_end").asBoolean(false),
                time(subscription, "canceled_at"),
                time(subscription, "ended_at"),
                comment != null ? comment : feedback != null ? feedback : reason);
        return ending.endedAt() != null || ending.isScheduled() ? ending : ending.withoutReason(); // Stripe keeps it
    }

    private static Subscription.@Nullable Pause pause(@Nullable JsonNode pause) {
        String behavior = StripeJson.text(pause, "behavior");
        return behavior == null ? null : new Subscription.Pause(behavior, time(pause, "resumes_at"));
    }

    private static @Nullable Pending pending(@Nullable JsonNode update) {
        if (update == null || !update.isObject()) {
            return null;
        }
        JsonNode item = update.path("subscription_items").path(0);
        String price = StripeJson.id(item, "price");
        return new Pending(
                price != null ? price : StripeJson.id(item, "plan"),
                StripeJson.count(item, "quantity"),
                time(update, "expires_at"));
    }

    private static Map<String, String> metadata(@Nullable JsonNode metadata) {
        Map<String, String> read = new TreeMap<>();
        if (metadata != null && metadata.isObject()) {
            metadata.properties().forEach(entry -> {
                if (entry.getValue().isString()) {
                    read.put(entry.getKey(), entry.getValue().stringValue());
                }
            });
        }
        return Map.copyOf(read);
    }

    private static @Nullable SubscriptionStatus status(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "incomplete" -> SubscriptionStatus.INCOMPLETE;
            case "incomplete_expired" -> SubscriptionStatus.INCOMPLETE_EXPIRED;
            case "trialing" -> SubscriptionStatus.TRIALING;
            case "active" -> SubscriptionStatus.ACTIVE;
            case "past_due" -> SubscriptionStatus.PAST_DUE;
            case "unpaid" -> SubscriptionStatus.UNPAID;
            case "paused" -> SubscriptionStatus.PAUSED;
            case "canceled" -> SubscriptionStatus.CANCELED;
            default -> null;
        };
    }
}
