package io.tillstream.payment.payment;

import com.stripe.param.PaymentIntentCreateParams;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentOptions;
import java.util.Map;

/** A PaymentIntent as it is asked for; only from what is stored, so that it can be asked for again. */
final class PaymentIntentStripeParams {

    private PaymentIntentStripeParams() {}

    static PaymentIntentCreateParams of(Payment payment, Map<String, String> metadata) {
        PaymentOptions terms = payment.terms();
        var params = PaymentIntentCreateParams.builder()
                .setAmount(payment.money().amount())
                .setCurrency(payment.money().currency())
                .setCustomer(payment.stripeCustomerId())
                .setDescription(terms.description())
                .putAllMetadata(metadata)
                .addExpand("latest_charge");
        if (terms.shipping() != null) {
            params.setShipping(shipping(terms.shipping()));
        }
        if (terms.save()) {
            params.setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION);
        }
        if (!payment.method().confirmedByUs()) {
            return params.setAutomaticPaymentMethods(PaymentIntentCreateParams.AutomaticPaymentMethods.builder()
                            .setEnabled(true)
                            .build())
                    .build();
        }
        params.setPaymentMethod(payment.paymentMethodId())
                .addPaymentMethodType("card")
                .setConfirm(true);
        if (terms.offSession()) {
            params.setOffSession(true);
        }
        return params.build();
    }

    private static PaymentIntentCreateParams.Shipping shipping(PaymentOptions.Shipping to) {
        return PaymentIntentCreateParams.Shipping.builder()
                .setName(to.name())
                .setAddress(PaymentIntentCreateParams.Shipping.Address.builder()
                        .setLine1(to.line1())
                        .setLine2(to.line2())
                        .setCity(to.city())
                        .setState(to.state())
                        .setPostalCode(to.postalCode())
                        .setCountry(to.country())
                        .build())
                .build();
    }
}
