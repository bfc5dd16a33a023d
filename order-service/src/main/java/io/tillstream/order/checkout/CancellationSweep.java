package io.tillstream.order.checkout;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.order.CancellationQueue;
import io.tillstream.order.payment.SweepSettings;
import io.tillstream.web.Problem;
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
    private final Transactions transactions;

    CancellationSweep(CancellationQueue queue, OrderFlow flow, SweepSettings settings, Transactions transactions) {
        super(settings.cancelsEvery());
        this.queue = queue;
        this.flow = flow;
        this.settings = settings;
        this.transactions = transactions;
        queue.onDue(this::hint);
    }

    @Override
    protected Mono<Long> makeDue() {
        return queue.makeDue();
    }

    /**
     * Without a rest while something is due; a fault of one order does not keep the others. But what is over its time is closed with
     * the calls to Stripe that buyers need too: so many a round and no more, however many there are.
     */
    @Override
    protected Mono<Void> round() {
        return transactions.statement(queue.expire()).then(whatIsDue()).onErrorResume(fault -> {
            LOG.warn("Half canceled orders wait on: {}", fault.toString());
            return Mono.empty();
        });
    }

    private Mono<Void> whatIsDue() {
        return Flux.defer(() -> queue.claim(settings.cancelsAfter(), settings.cancelsEvery()))
                .collectList()
                .flatMap(due ->
                        Flux.fromIterable(due).flatMap(this::finish, AT_ONCE).then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(seen -> seen == 0)
                .then();
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
