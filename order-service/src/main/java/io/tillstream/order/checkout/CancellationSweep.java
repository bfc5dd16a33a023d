package io.tillstream.order.checkout;

import io.tillstream.delivery.Sweep;
import io.tillstream.order.order.Orders;
import io.tillstream.order.payment.SweepSettings;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Cancels that were begun and whose end was never stored: a crash, or payment-service was away. They are gone on with. */
@Component
class CancellationSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(CancellationSweep.class);
    private static final int BATCH = 20; // the oldest first; two instances doing the same one do no harm

    private final Orders orders;
    private final OrderFlow flow;
    private final SweepSettings settings;

    CancellationSweep(Orders orders, OrderFlow flow, SweepSettings settings) {
        super(settings.cancelsEvery());
        this.orders = orders;
        this.flow = flow;
        this.settings = settings;
    }

    @Override
    protected Mono<Void> round() {
        return round(settings.cancelsAfter());
    }

    Mono<Void> round(Duration olderThan) {
        return orders.halfCanceled(olderThan, BATCH)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(this::finish)
                .then()
                .onErrorResume(fault -> {
                    LOG.warn("Half canceled orders wait on: {}", fault.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> finish(UUID orderId) {
        return flow.finishCancel(orderId).then().onErrorResume(fault -> {
            String why = fault instanceof Problem no ? no.code() : fault.toString();
            LOG.warn("Order {} is not canceled: {}", orderId, why);
            return Mono.empty();
        });
    }
}
