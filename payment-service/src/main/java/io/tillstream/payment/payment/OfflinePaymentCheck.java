package io.tillstream.payment.payment;

import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripeevents.StripeJson;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Whether a buyer has in hand how to pay, away from any page: bank details, or a voucher for a shop's till. Money that comes by
 * such details after their intent was canceled lands on a balance at Stripe that is no order's.
 *
 * @see <a href="https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action">Stripe: next_action</a>
 * @see <a href="https://docs.stripe.com/payments/customer-balance/reconciliation">Stripe: reconciliation of transfers</a>
 */
@Component
class OfflinePaymentCheck {

    private static final String CAUSE = "api:expire";
    private static final String BANK_DETAILS = "display_bank_transfer_instructions";
    private static final String VOUCHER = "_display_details"; // of Boleto, Konbini, Multibanco and OXXO

    private final PaymentRefetch refetched;

    OfflinePaymentCheck(PaymentRefetch refetched) {
        this.refetched = refetched;
    }

    /** As Stripe says now of each that is open there. */
    Mono<Boolean> isAny(Flux<Payment> payments) {
        return payments.filter(payment -> payment.liveAtStripe() && payment.intentId() != null)
                .concatMap(payment -> refetched.refresh(payment, CAUSE))
                .any(read -> isInHand(read.object()));
    }

    static boolean isInHand(@Nullable JsonNode object) {
        JsonNode intent = object == null || !"checkout.session".equals(StripeJson.text(object, "object"))
                ? object
                : object.path("payment_intent");
        if (intent == null || !"requires_action".equals(StripeJson.text(intent, "status"))) {
            return false;
        }
        String type = intent.path("next_action").path("type").asString("");
        return type.equals(BANK_DETAILS) || type.endsWith(VOUCHER);
    }
}
