package io.tillstream.subscription.subscription;

import io.tillstream.subscription.sql.Column;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** The table of tries to take money of a subscription that its user asked for. They are bounded under its row's lock. */
@Repository
public class PaymentTries {

    private static final String TOO_MANY = """
            select created_at from payment_tries
            where subscription_id = :id and created_at > :since
              and not exists (select 1 from payment_tries where request_id = :request)
            order by created_at desc offset :others limit 1
            """;

    private static final String ADD = """
            with old as (delete from payment_tries where subscription_id = :id and created_at <= :since)
            insert into payment_tries (request_id, subscription_id, created_at) values (:request, :id, :now)
            on conflict do nothing
            """;

    private final DatabaseClient database;
    private final Clock clock;
    private final PaymentTrySettings settings;

    PaymentTries(DatabaseClient database, Clock clock, PaymentTrySettings settings) {
        this.database = database;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * One more, unless the same request is one already: then false. Errors with 429 {@code too-many-payment-tries} after too
     * many.
     */
    public Mono<Boolean> begin(UUID subscriptionId, UUID request) {
        return room(subscriptionId, request).then(Mono.defer(() -> add(subscriptionId, request)));
    }

    /** It did not get as far as Stripe: it was none. */
    public Mono<Void> takeBack(UUID request) {
        return database.sql("delete from payment_tries where request_id = :request")
                .bind("request", request)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Errors with 429 {@code too-many-payment-tries} where there were too many; the same request is no other try. */
    public Mono<Void> room(UUID subscriptionId, UUID request) {
        return database.sql(TOO_MANY)
                .bind("id", subscriptionId)
                .bind("request", request)
                .bind("since", since())
                .bind("others", settings.most() - 1)
                .map(row -> Column.present(row, "created_at", Instant.class))
                .one()
                .flatMap(oldest -> Mono.error(() -> tooMany(oldest.plus(settings.within()))));
    }

    /** One that was made, whether there was room for it or not; false where it is one already. */
    public Mono<Boolean> add(UUID subscriptionId, UUID request) {
        return database.sql(ADD)
                .bind("id", subscriptionId)
                .bind("request", request)
                .bind("since", since())
                .bind("now", clock.instant())
                .fetch()
                .rowsUpdated()
                .map(added -> added > 0);
    }

    private Instant since() {
        return clock.instant().minus(settings.within());
    }

    private Problem tooMany(Instant notBefore) {
        return Problem.of(429, "too-many-payment-tries", "This was tried to pay too often; come back later.")
                .withRetryAfter(Duration.between(clock.instant(), notBefore).plusSeconds(1));
    }
}
