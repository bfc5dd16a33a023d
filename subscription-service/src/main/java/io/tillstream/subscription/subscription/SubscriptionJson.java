package io.tillstream.subscription.subscription;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.web.docs.AllowableValues;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as people see it.
 *
 * @param status Stripe's, but {@code incomplete} until the payment of its start is known here as well: what is {@code active}
 *     gives what it is paid for
 * @param currentPeriodEnd also when the next invoice comes, if it goes on
 * @param scheduledChange what it becomes at the end of the period, unless that is revoked
 * @param pendingChange what it becomes once that is paid; until then the old plan is in force
 * @param clientSecret where the browser has something to do before it runs, or to keep a card for later
 * @param clientSecretFor whether that is a payment or a setup
 * @param failure why it never began
 * @param userId and {@code stripeSubscriptionId} for operators
 */
@Schema(name = "Subscription")
public record SubscriptionJson(
        UUID id,
        @AllowableValues(SubscriptionStatus.class) String status,
        int version,
        String planId,
        int quantity,
        String currency,
        @Nullable Instant currentPeriodStart,
        @Nullable Instant currentPeriodEnd,
        @Nullable Instant trialEnd,
        boolean cancelAtPeriodEnd,
        @Nullable Instant cancelAt,
        @Nullable Instant canceledAt,
        @Nullable Instant endedAt,
        @Nullable String cancelReason,
        @Nullable Pause pause,
        @Nullable ScheduledChange scheduledChange,
        @Nullable PendingChange pendingChange,
        @Nullable String paymentMethodId,
        @Nullable String latestInvoiceId,
        @Nullable String clientSecret,

        @Schema(allowableValues = {"payment", "setup"}) @Nullable
        String clientSecretFor,

        @Nullable String failure,
        Instant createdAt,
        Instant updatedAt,
        @Nullable String userId,
        @Nullable String stripeSubscriptionId) {

    /** Collection is paused; without {@code until} it has to be resumed. */
    @Schema(name = "SubscriptionPause")
    public record Pause(
            @Schema(allowableValues = {"keep_as_draft", "mark_uncollectible", "void"})
            String behavior,

            @Nullable Instant until) {}

    @Schema(name = "ScheduledChange")
    public record ScheduledChange(
            @Nullable String planId, @Nullable Integer quantity, Instant at) {}

    /**
     * A change that waits for its payment.
     *
     * @param until when it is forgotten
     * @param clientSecret to pay it in the browser, in the answer to the change only
     * @param page to pay it on a page of Stripe's, in the answer to the change only
     */
    @Schema(name = "PendingChange")
    public record PendingChange(
            @Nullable String planId,
            @Nullable Integer quantity,
            @Nullable Instant until,
            @Nullable String invoiceId,
            @Nullable String clientSecret,
            @Nullable String page) {

        @Override
        public String toString() {
            return "PendingChange[" + planId + "]"; // never the secret
        }
    }

    public static SubscriptionJson of(Subscription subscription) {
        return of(subscription, null, null, null, null, false);
    }

    public static SubscriptionJson forOperators(Subscription subscription) {
        return of(subscription, null, null, null, null, true);
    }

    /** With the secret of its first payment, or of the setup of a card for later ones. */
    public static SubscriptionJson started(
            Subscription subscription, @Nullable String clientSecret, @Nullable String secretFor) {
        return of(subscription, clientSecret, secretFor, null, null, false);
    }

    /** With the ways to pay a change that is not paid yet. */
    public static SubscriptionJson unpaid(
            Subscription subscription, @Nullable String clientSecret, @Nullable String page) {
        return of(subscription, null, null, clientSecret, page, false);
    }

    private static SubscriptionJson of(
            Subscription subscription,
            @Nullable String firstSecret,
            @Nullable String secretFor,
            @Nullable String changeSecret,
            @Nullable String page,
            boolean operator) {
        Subscription.Ending ending = subscription.ending();
        return new SubscriptionJson(
                subscription.id(),
                subscription.shownStatus().text(),
                subscription.shownVersion(),
                subscription.planId(),
                subscription.quantity(),
                subscription.currency(),
                subscription.period().start(),
                subscription.period().end(),
                subscription.period().trialEnd(),
                subscription.endsWithPeriod(),
                ending.cancelAt(),
                ending.canceledAt(),
                ending.endedAt(),
                ending.reason(),
                pause(subscription.pause()),
                scheduled(subscription.schedule()),
                pending(subscription, changeSecret, page),
                subscription.billing().defaultPaymentMethod(),
                subscription.billing().latestInvoiceId(),
                firstSecret,
                secretFor,
                subscription.start().failureCode(),
                subscription.createdAt(),
                subscription.updatedAt(),
                operator ? subscription.userId() : null,
                operator ? subscription.stripeId() : null);
    }

    private static @Nullable Pause pause(Subscription.@Nullable Pause pause) {
        return pause == null ? null : new Pause(pause.behavior(), pause.until());
    }

    private static @Nullable ScheduledChange scheduled(Subscription.Schedule schedule) {
        Instant at = schedule.at();
        return at == null ? null : new ScheduledChange(schedule.planId(), schedule.quantity(), at);
    }

    private static @Nullable PendingChange pending(
            Subscription subscription, @Nullable String secret, @Nullable String page) {
        Subscription.Pending pending = subscription.pending();
        return pending == null
                ? null
                : new PendingChange(
                        pending.planId(),
                        pending.quantity(),
                        pending.until(),
                        subscription.billing().latestInvoiceId(),
                        secret,
                        page);
    }

    @Override
    public String toString() {
        return "SubscriptionJson[" + id + ", " + status + "]"; // never a secret
    }
}
