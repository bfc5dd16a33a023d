package io.tillstream.subscription.moneyback;

import com.stripe.param.RefundCreateParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.RefundState;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Gives back at Stripe what was paid for starts that were made by mistake. */
@Component
class StripeStartRefunds {

    private static final Logger LOG = LoggerFactory.getLogger(StripeStartRefunds.class);

    private final StripeCalls calls;
    private final StripeMoneyBack stripe;
    private final String environment;

    StripeStartRefunds(StripeCalls calls, StripeMoneyBack stripe, StripeSettings settings) {
        this.calls = calls.inBackground();
        this.stripe = stripe;
        this.environment = settings.environment();
    }

    /**
     * What came of it.
     *
     * @param refunds what goes back; none where nothing was paid
     * @param refused the code of Stripe's refusal; null: all of it goes back
     */
    record GivenBack(List<RefundState> refunds, @Nullable String refused) {

        private static final GivenBack NOTHING = new GivenBack(List.of(), null);

        private static GivenBack refused(String code) {
            return new GivenBack(List.of(), code);
        }

        private GivenBack and(GivenBack next) {
            return new GivenBack(
                    Stream.concat(refunds.stream(), next.refunds.stream()).toList(),
                    refused == null ? next.refused : refused);
        }
    }

    /**
     * All that was paid for an invoice that was made by mistake; asked twice, it goes back once, as nothing is left to be given
     * back then. Stripe repeats a refusal for its key, so another try has another.
     */
    Mono<GivenBack> giveBack(String invoiceId, int tries) {
        return stripe.payments(invoiceId)
                .flatMapIterable(all -> all)
                .concatMap(paid -> giveBack(invoiceId, paid.paymentIntent(), tries))
                .takeUntil(given -> given.refused() != null)
                .reduce(GivenBack::and)
                .defaultIfEmpty(GivenBack.NOTHING);
    }

    private Mono<GivenBack> giveBack(String invoiceId, String paymentIntent, int tries) {
        var params = RefundCreateParams.builder()
                .setPaymentIntent(paymentIntent)
                .putMetadata("invoice_id", invoiceId)
                .putMetadata("env", environment)
                .build();
        return calls.write(
                        "invoice.give_back",
                        tries == 0 ? paymentIntent : paymentIntent + ":" + tries,
                        (stripe, options) ->
                                StripeMoneyBack.json(stripe.v1().refunds().create(params, options)))
                .doOnNext(
                        answer -> LOG.warn("Refund of payment {} of invoice {}: {}", paymentIntent, invoiceId, answer))
                .flatMap(answer -> answer.fold(
                        made -> Mono.just(of(RefundState.read(made))),
                        no -> Mono.just(GivenBack.refused(no.code())),
                        no -> no.code().equals(StripeMoneyBack.ALREADY)
                                ? already(paymentIntent)
                                : Mono.just(GivenBack.refused(no.code()))));
    }

    private static GivenBack of(RefundState made) {
        return made.givesBack() ? new GivenBack(List.of(made), null) : GivenBack.refused("failed");
    }

    /** By a try whose answer was lost, or by a person. */
    private Mono<GivenBack> already(String paymentIntent) {
        return stripe.refunds(paymentIntent)
                .map(all -> new GivenBack(
                        all.stream()
                                .map(RefundState::read)
                                .filter(RefundState::givesBack)
                                .toList(),
                        null));
    }
}
