package io.tillstream.subscription.subscription;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;

/** A subscription as a row, read and written. */
final class SubscriptionRow {

    static final String SELECT = """
            select id, user_id, status, version, plan_id, stripe_price_id, quantity, currency,
                   stripe_customer_id, stripe_subscription_id, checkout_session_id,
                   request::text as request, next_ask_at, asks, failure_code, failure_message,
                   current_period_start, current_period_end, trial_end,
                   cancel_at, cancel_at_period_end, canceled_at, ended_at, cancel_reason,
                   pause_behavior, paused_until, pending_plan_id, pending_quantity, pending_until,
                   stripe_schedule_id, scheduled_plan_id, scheduled_quantity, scheduled_at,
                   default_payment_method, latest_invoice_id, past_due_since, earned,
                   as_of, fingerprint, ahead, known_at, created_at, updated_at
            from subscriptions
            """;

    /** Another live one of the same user and plan, made at Stripe: this one is followed all the same. */
    private static final String SURPLUS = """
            exists (select 1 from subscriptions other
                    where other.user_id = :userId and other.plan_id = :planId and other.id <> :id and not other.surplus
                      and other.status in
                          ('starting', 'incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused'))
            """;

    private static final String INSERT = """
            insert into subscriptions
                (id, user_id, status, version, plan_id, stripe_price_id, quantity, currency,
                 stripe_customer_id, stripe_subscription_id, checkout_session_id,
                 request, next_ask_at, asks, failure_code, failure_message,
                 current_period_start, current_period_end, trial_end,
                 cancel_at, cancel_at_period_end, canceled_at, ended_at, cancel_reason,
                 pause_behavior, paused_until, pending_plan_id, pending_quantity, pending_until,
                 stripe_schedule_id, scheduled_plan_id, scheduled_quantity, scheduled_at,
                 default_payment_method, latest_invoice_id, past_due_since,
                 as_of, fingerprint, ahead, known_at, surplus, created_at, updated_at)
            values
                (:id, :userId, :status, :version, :planId, :priceId, :quantity, :currency,
                 :customerId, :stripeId, :sessionId,
                 cast(:request as jsonb), :nextAskAt, :asks, :failureCode, :failureMessage,
                 :periodStart, :periodEnd, :trialEnd,
                 :cancelAt, :cancelAtPeriodEnd, :canceledAt, :endedAt, :cancelReason,
                 :pauseBehavior, :pausedUntil, :pendingPlan, :pendingQuantity, :pendingUntil,
                 :scheduleId, :scheduledPlan, :scheduledQuantity, :scheduledAt,
                 :paymentMethod, :latestInvoice, :pastDueSince,
                 :asOf, :fingerprint, :ahead, :knownAt, %s, :createdAt, :updatedAt)
            on conflict do nothing
            """;

    /** By us: a second live one is refused. */
    static final String BEGIN = INSERT.formatted("false");

    static final String ADOPT = INSERT.formatted(SURPLUS);

    static final String UPDATE = """
            update subscriptions
            set status = :status, version = :version, plan_id = :planId, stripe_price_id = :priceId,
                quantity = :quantity, currency = :currency, stripe_customer_id = :customerId,
                stripe_subscription_id = :stripeId, checkout_session_id = :sessionId,
                request = cast(:request as jsonb), next_ask_at = :nextAskAt, asks = :asks,
                failure_code = :failureCode, failure_message = :failureMessage,
                current_period_start = :periodStart, current_period_end = :periodEnd, trial_end = :trialEnd,
                cancel_at = :cancelAt, cancel_at_period_end = :cancelAtPeriodEnd, canceled_at = :canceledAt,
                ended_at = :endedAt, cancel_reason = case when erased_at is null then :cancelReason end,
                pause_behavior = :pauseBehavior, paused_until = :pausedUntil,
                pending_plan_id = :pendingPlan, pending_quantity = :pendingQuantity, pending_until = :pendingUntil,
                stripe_schedule_id = :scheduleId, scheduled_plan_id = :scheduledPlan,
                scheduled_quantity = :scheduledQuantity, scheduled_at = :scheduledAt,
                default_payment_method = :paymentMethod, latest_invoice_id = :latestInvoice,
                past_due_since = :pastDueSince, as_of = greatest(as_of, :asOf), fingerprint = :fingerprint, ahead = :ahead,
                known_at = :knownAt, surplus = %s, created_at = :createdAt, updated_at = :updatedAt
            where id = :id and user_id = :userId
            """.formatted(SURPLUS);

    private SubscriptionRow() {}

    static GenericExecuteSpec bind(GenericExecuteSpec query, Subscription row) {
        return bindStripe(bindOwn(query, row), row);
    }

    private static GenericExecuteSpec bindOwn(GenericExecuteSpec query, Subscription row) {
        return query.bind("id", row.id())
                .bind("userId", row.userId())
                .bind("status", row.status().text())
                .bind("version", row.version())
                .bind("planId", row.planId())
                .bind("priceId", Column.of(row.terms().stripePriceId(), String.class))
                .bind("quantity", row.quantity())
                .bind("currency", row.currency())
                .bind("customerId", Column.of(row.names().customerId(), String.class))
                .bind("stripeId", Column.of(row.names().subscriptionId(), String.class))
                .bind("sessionId", Column.of(row.names().checkoutSessionId(), String.class))
                .bind("request", row.start().request())
                .bind("nextAskAt", Column.of(row.start().nextAskAt(), Instant.class))
                .bind("asks", row.start().asks())
                .bind("failureCode", Column.of(row.start().failureCode(), String.class))
                .bind("failureMessage", Column.of(row.start().failureMessage(), String.class))
                .bind("asOf", row.knowledge().asOf())
                .bind("fingerprint", Column.of(row.knowledge().fingerprint(), String.class))
                .bind("ahead", row.knowledge().ahead())
                .bind("knownAt", Column.of(row.knowledge().knownAt(), Instant.class))
                .bind("createdAt", row.createdAt())
                .bind("updatedAt", row.updatedAt());
    }

    private static GenericExecuteSpec bindStripe(GenericExecuteSpec query, Subscription row) {
        var pause = row.pause();
        var pending = row.pending();
        return query.bind("periodStart", Column.of(row.period().start(), Instant.class))
                .bind("periodEnd", Column.of(row.period().end(), Instant.class))
                .bind("trialEnd", Column.of(row.period().trialEnd(), Instant.class))
                .bind("cancelAt", Column.of(row.ending().cancelAt(), Instant.class))
                .bind("cancelAtPeriodEnd", row.ending().cancelAtPeriodEnd())
                .bind("canceledAt", Column.of(row.ending().canceledAt(), Instant.class))
                .bind("endedAt", Column.of(row.ending().endedAt(), Instant.class))
                .bind("cancelReason", Column.of(row.ending().reason(), String.class))
                .bind("pauseBehavior", Column.of(pause == null ? null : pause.behavior(), String.class))
                .bind("pausedUntil", Column.of(pause == null ? null : pause.until(), Instant.class))
                .bind("pendingPlan", Column.of(pending == null ? null : pending.planId(), String.class))
                .bind("pendingQuantity", Column.of(pending == null ? null : pending.quantity(), Integer.class))
                .bind("pendingUntil", Column.of(pending == null ? null : pending.until(), Instant.class))
                .bind("scheduleId", Column.of(row.schedule().stripeId(), String.class))
                .bind("scheduledPlan", Column.of(row.schedule().planId(), String.class))
                .bind("scheduledQuantity", Column.of(row.schedule().quantity(), Integer.class))
                .bind("scheduledAt", Column.of(row.schedule().at(), Instant.class))
                .bind("paymentMethod", Column.of(row.billing().defaultPaymentMethod(), String.class))
                .bind("latestInvoice", Column.of(row.billing().latestInvoiceId(), String.class))
                .bind("pastDueSince", Column.of(row.billing().pastDueSince(), Instant.class));
    }

    static Subscription read(Readable row) {
        return new Subscription(
                get(row, "id", UUID.class),
                get(row, "user_id", String.class),
                SubscriptionStatus.of(get(row, "status", String.class)),
                get(row, "version", Integer.class),
                new Subscription.Terms(
                        get(row, "plan_id", String.class),
                        row.get("stripe_price_id", String.class),
                        get(row, "quantity", Integer.class),
                        get(row, "currency", String.class)),
                new Subscription.Names(
                        row.get("stripe_customer_id", String.class),
                        row.get("stripe_subscription_id", String.class),
                        row.get("checkout_session_id", String.class)),
                new Subscription.Start(
                        get(row, "request", String.class),
                        row.get("next_ask_at", Instant.class),
                        get(row, "asks", Integer.class),
                        row.get("failure_code", String.class),
                        row.get("failure_message", String.class)),
                new Subscription.Period(
                        row.get("current_period_start", Instant.class),
                        row.get("current_period_end", Instant.class),
                        row.get("trial_end", Instant.class)),
                new Subscription.Ending(
                        row.get("cancel_at", Instant.class),
                        get(row, "cancel_at_period_end", Boolean.class),
                        row.get("canceled_at", Instant.class),
                        row.get("ended_at", Instant.class),
                        row.get("cancel_reason", String.class)),
                pause(row),
                pending(row),
                new Subscription.Schedule(
                        row.get("stripe_schedule_id", String.class),
                        row.get("scheduled_plan_id", String.class),
                        row.get("scheduled_quantity", Integer.class),
                        row.get("scheduled_at", Instant.class)),
                new Subscription.Billing(
                        row.get("default_payment_method", String.class),
                        row.get("latest_invoice_id", String.class),
                        row.get("past_due_since", Instant.class),
                        get(row, "earned", Boolean.class)),
                new Subscription.ObjectVersion(
                        get(row, "as_of", Long.class),
                        row.get("fingerprint", String.class),
                        get(row, "ahead", Boolean.class),
                        row.get("known_at", Instant.class)),
                get(row, "created_at", Instant.class),
                get(row, "updated_at", Instant.class));
    }

    private static Subscription.@Nullable Pause pause(Readable row) {
        String behavior = row.get("pause_behavior", String.class);
        return behavior == null ? null : new Subscription.Pause(behavior, row.get("paused_until", Instant.class));
    }

    private static Subscription.@Nullable Pending pending(Readable row) {
        String plan = row.get("pending_plan_id", String.class);
        Integer quantity = row.get("pending_quantity", Integer.class);
        Instant until = row.get("pending_until", Instant.class);
        return plan == null && quantity == null && until == null
                ? null
                : new Subscription.Pending(plan, quantity, until);
    }

    private static <T> T get(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }
}
