package io.tillstream.subscription.change;

import io.tillstream.delivery.Transactions;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * The table of claims: one change of a subscription is reckoned and made at a time. Whoever has its claim reads the subscription at
 * Stripe, and writes what follows from that before anybody else reads it for a change. A crash leaves one that runs out.
 */
@Repository
class ChangeClaims {

    /** Above what a call lasts: three tries of 30 s, with their rests and turns. Held anew before the call that changes something. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final DatabaseClient database;
    private final Changes changes;
    private final Transactions transactions;

    ChangeClaims(DatabaseClient database, Changes changes, Transactions transactions) {
        this.database = database;
        this.changes = changes;
        this.transactions = transactions;
    }

    static Problem underWay() {
        return Problem.conflict("change-in-progress", "A change of this subscription is going on.");
    }

    /** {@code work} is given its claim. Refused, 409, beside another, and while Stripe has not answered one. */
    <T> Mono<T> ofChange(UUID subscriptionId, Function<UUID, Mono<T>> work) {
        return Mono.usingWhen(
                taken(subscriptionId, changes.underWay(subscriptionId)),
                work,
                claim -> release(subscriptionId, claim),
                (claim, fault) -> release(subscriptionId, claim),
                claim -> release(subscriptionId, claim));
    }

    /** Refused, 409, beside a change; whoever makes none does not wait for Stripe's answer to one. */
    <T> Mono<T> alone(UUID subscriptionId, Mono<T> work) {
        return Mono.usingWhen(
                taken(subscriptionId, Mono.just(false)),
                claim -> work,
                claim -> release(subscriptionId, claim),
                (claim, fault) -> release(subscriptionId, claim),
                claim -> release(subscriptionId, claim));
    }

    /** Asked after the claim is there: nobody else can begin a change from then on. */
    private Mono<UUID> taken(UUID subscriptionId, Mono<Boolean> isUnderWay) {
        return Mono.defer(() -> {
            UUID claim = UUID.randomUUID();
            return transactions.run(take(subscriptionId, claim)
                    .then(isUnderWay)
                    .flatMap(other -> other ? Mono.error(underWay()) : Mono.just(claim)));
        });
    }

    private Mono<Void> take(UUID subscriptionId, UUID claim) {
        return written("""
                insert into subscription_change_claims (subscription_id, claim, expires_at)
                values (:subscription, :claim, now() + make_interval(secs => :longest))
                on conflict (subscription_id) do update
                set claim = excluded.claim, expires_at = excluded.expires_at
                where subscription_change_claims.expires_at <= now()
                """, subscriptionId, claim);
    }

    /** {@link #hold}, where no transaction is open. */
    Mono<Void> renew(UUID subscriptionId, UUID claim) {
        return transactions.statement(hold(subscriptionId, claim));
    }

    /** For another while. Refused, 409, where it ran out and somebody else has taken it. */
    Mono<Void> hold(UUID subscriptionId, UUID claim) {
        return written("""
                update subscription_change_claims set expires_at = now() + make_interval(secs => :longest)
                where subscription_id = :subscription and claim = :claim
                """, subscriptionId, claim);
    }

    private Mono<Void> written(String sql, UUID subscriptionId, UUID claim) {
        return database.sql(sql)
                .bind("subscription", subscriptionId)
                .bind("claim", claim)
                .bind("longest", (double) LONGEST.toSeconds())
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> rows == 1 ? Mono.empty() : Mono.error(underWay()));
    }

    /** Where that fails it runs out by itself. */
    private Mono<Void> release(UUID subscriptionId, UUID claim) {
        return transactions
                .statement(database.sql(
                                "delete from subscription_change_claims where subscription_id = :subscription and claim = :claim")
                        .bind("subscription", subscriptionId)
                        .bind("claim", claim)
                        .fetch()
                        .rowsUpdated())
                .onErrorComplete()
                .then();
    }
}
