package io.tillstream.subscription.moneyback;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Makes the refunds of invoices that are owed, and goes on with those without an answer; takes back credit that is owed to us. */
@Component
class RefundSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(RefundSweep.class);

    private final InvoiceRefunds refunds;
    private final RefundFlow flow;
    private final CreditRecoveryFlow credit;
    private final AtomicLong owed = new AtomicLong();
    private final AtomicLong needPerson = new AtomicLong();

    RefundSweep(
            InvoiceRefunds refunds,
            RefundFlow flow,
            CreditRecoveryFlow credit,
            MeterRegistry meters,
            SweepPeriods periods) {
        super(periods.of("refunds"));
        this.refunds = refunds;
        this.flow = flow;
        this.credit = credit;
        meters.gauge("tillstream.invoices.refunds.owed", owed);
        meters.gauge("tillstream.invoices.refunds.attention", needPerson);
    }

    /** One round; a fault with one does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return refunds.claimDue()
                .collectList()
                .flatMapIterable(due -> due)
                .concatMap(refund -> flow.ask(refund).onErrorResume(e -> {
                    LOG.warn("Refund {} is asked for later: {}", refund.id(), e.toString());
                    return Mono.empty();
                }))
                .then(credit.round())
                .then(refunds.owed().doOnNext(this::show))
                .then()
                .onErrorResume(e -> {
                    LOG.warn("Refunds of invoices are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    private void show(InvoiceRefunds.Owed now) {
        owed.set(now.all());
        needPerson.set(now.needPerson());
    }
}
