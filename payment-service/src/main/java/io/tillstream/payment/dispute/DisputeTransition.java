package io.tillstream.payment.dispute;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.Money;
import io.tillstream.events.PaymentEvent;
import io.tillstream.payment.payable.Payment;
import io.tillstream.stripeevents.DisputeState;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What a dispute or an early fraud warning changes. Runs in a transaction that holds the payable's lock. */
@Component
public class DisputeTransition {

    private static final Logger log = LoggerFactory.getLogger(DisputeTransition.class);

    private final Disputes disputes;
    private final Outbox outbox;

    DisputeTransition(Disputes disputes, Outbox outbox) {
        this.disputes = disputes;
        this.outbox = outbox;
    }

    public Mono<Void> learn(Payment payment, DisputeState news) {
        return disputes.find(news.id())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(known -> keep(payment, known, news));
    }

    private Mono<Void> keep(Payment payment, Optional<DisputeState> known, DisputeState news) {
        DisputeState merged = known.map(before -> before.merge(news)).orElse(news);
        if (known.isPresent() && known.get().equals(merged)) {
            return Mono.empty();
        }
        boolean disputedNow = known.map(before -> before.isInquiry() && takesMoney(merged))
                .orElse(true); // an inquiry that becomes a dispute takes the money: who heard of it hears again
        boolean closedNow = merged.endsAfter(known.orElse(null));
        log.info("Dispute {} of payment {} is {}", merged.id(), payment.id(), merged.status());
        return disputes.keep(payment, merged)
                .then(disputedNow ? outbox.append(disputed(payment, merged)) : Mono.empty())
                .then(closedNow ? outbox.append(closed(payment, merged)) : Mono.empty());
    }

    /** One that is prevented or won gave it back, or never took it. */
    private static boolean takesMoney(DisputeState dispute) {
        return !dispute.isInquiry() && (!dispute.isClosed() || dispute.status().equals("lost"));
    }

    public Mono<Void> warned(Payment payment, String warningId, String fraudType, boolean actionable) {
        return disputes.keepWarning(payment, warningId, fraudType, actionable)
                .flatMap(news -> news
                        ? outbox.append(new PaymentEvent.FraudWarning(
                                payment.reference(),
                                payment.userId(),
                                payment.id().toString(),
                                warningId,
                                fraudType,
                                actionable))
                        : Mono.empty());
    }

    private static PaymentEvent disputed(Payment payment, DisputeState dispute) {
        return new PaymentEvent.Disputed(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                dispute.id(),
                new Money(dispute.amount(), dispute.currency()),
                dispute.reason());
    }

    private static PaymentEvent closed(Payment payment, DisputeState dispute) {
        return new PaymentEvent.DisputeClosed(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                dispute.id(),
                new Money(dispute.amount(), dispute.currency()),
                dispute.status());
    }
}
