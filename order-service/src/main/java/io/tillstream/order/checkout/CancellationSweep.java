package io.tillstream.order.checkout;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.order.CancellationQueue;
import io.tillstream.order.order.OrderExpirySettings;
import io.tillstream.order.payment.SweepSettings;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Cancels that were begun and whose end was never stored: a crash, or payment-service was away. They are gone on with, as are
 * those of orders that nobody paid in time, or whose customer was deleted.
 */
@Component
class CancellationSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(CancellationSweep.class);
    private static final int AT_ONCE = 4; // leaves payment-service its other connections to Stripe

    private final CancellationQueue queue;
    private final OrderFlow flow;
    private final SweepSettings settings;
    private final OrderExpirySettings expiry;
    private final Transactions transactions;
    private final Clock clock;

    CancellationSweep(
            CancellationQueue queue,
            OrderFlow flow,
            SweepSettings settings,
            OrderExpirySettings expiry,
            Transactions transactions,
            Clock clock) {
        super(settings.cancelsEvery());
        this.queue = queue;
        this.flow = flow;
        this.settings = settings;
        this.expiry = expiry;
        this.transactions = transactions;
        this.clock = clock;
        queue.onDue(this::hint);
    }

    @Override
    protected Mono<Long> makeDue() {
        return queue.makeDue();
    }

    /** Without a rest while something is due; a fault of one order does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return expire().thenMany(Flux.defer(() -> queue.claim(settings.cancelsAfter(), settings.cancelsEvery())))
                .collectList()
                .flatMap(due ->
                        Flux.fromIterable(due).flatMap(this::finish, AT_ONCE).then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(seen -> seen == 0)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("Half canceled orders wait on: {}", fault.toString());
                    return Mono.empty();
                });
    }

    /** With the others of the round, as many as it takes at once. */
    private Mono<Long> expire() {
        return Mono.defer(
                () -> transactions.statement(queue.expire(clock.instant().minus(expiry.payableFor()))));
    }

    private static boolean isAway(Throwable fault) {
        return fault instanceof Problem no && no.status() == HttpStatus.SERVICE_UNAVAILABLE.value();
    }

    private Mono<Void> finish(UUID orderId) {
        return flow.finishCancel(orderId).then().onErrorResume(fault -> {
            failed(isAway(fault) ? new TransientFault("payment-service is away", fault) : fault);
            String why = fault instanceof Problem no ? no.code() : fault.toString();
            LOG.warn("Order {} is not canceled: {}", orderId, why);
            return Mono.empty();
        });
    }
}
