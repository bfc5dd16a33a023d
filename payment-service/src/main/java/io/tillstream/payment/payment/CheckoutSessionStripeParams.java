package io.tillstream.payment.payment;

import com.stripe.param.checkout.SessionCreateParams;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.stripe.ClientReference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Checkout Session as it is asked for; only from what is stored, so that it can be asked for again. */
final class CheckoutSessionStripeParams {

    private static final String SESSION_ID = "session_id={CHECKOUT_SESSION_ID}"; // Stripe puts the id in its place

    private CheckoutSessionStripeParams() {}

    static SessionCreateParams of(Payment payment, Map<String, String> metadata) {
        PaymentOptions terms = payment.terms();
        var intent = SessionCreateParams.PaymentIntentData.builder()
                .setDescription(terms.description())
                .putAllMetadata(metadata);
        if (terms.save()) {
            intent.setSetupFutureUsage(SessionCreateParams.PaymentIntentData.SetupFutureUsage.OFF_SESSION);
        }
        var params = SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.PAYMENT)
                .setCustomer(payment.stripeCustomerId())
                .setClientReferenceId(ClientReference.of(payment.userId()))
                .putAllMetadata(metadata)
                .setPaymentIntentData(intent.build());
        for (PaymentOptions.Line line : lines(payment)) {
            params.addLineItem(item(line, payment.money().currency()));
        }
        return pages(params, terms).build();
    }

    /** On Stripe's page the buyer comes back by URL; on ours, the page is a part and comes back by itself. */
    private static SessionCreateParams.Builder pages(SessionCreateParams.Builder params, PaymentOptions terms) {
        String back = withSessionId(terms.successUrl());
        return terms.embedded()
                ? params.setUiMode(SessionCreateParams.UiMode.EMBEDDED_PAGE).setReturnUrl(back)
                : params.setUiMode(SessionCreateParams.UiMode.HOSTED_PAGE)
                        .setSuccessUrl(back)
                        .setCancelUrl(terms.cancelUrl());
    }

    static @Nullable String withSessionId(@Nullable String url) {
        if (url == null || url.contains("{CHECKOUT_SESSION_ID}")) {
            return url;
        }
        return url + (url.contains("?") ? "&" : "?") + SESSION_ID;
    }

    /** The lines, if they add up to what is owed; else one line with what is owed. */
    private static List<PaymentOptions.Line> lines(Payment payment) {
        List<PaymentOptions.Line> lines = payment.terms().lines();
        long sum = lines.stream()
                .mapToLong(line -> line.unitAmount() * line.quantity())
                .sum();
        return sum == payment.money().amount()
                ? lines
                : List.of(new PaymentOptions.Line(
                        payment.terms().description(), 1, payment.money().amount()));
    }

    private static SessionCreateParams.LineItem item(PaymentOptions.Line line, String currency) {
        return SessionCreateParams.LineItem.builder()
                .setQuantity((long) line.quantity())
                .setPriceData(SessionCreateParams.LineItem.PriceData.builder()
                        .setCurrency(currency)
                        .setUnitAmount(line.unitAmount())
                        .setProductData(SessionCreateParams.LineItem.PriceData.ProductData.builder()
                                .setName(line.name())
                                .build())
                        .build())
                .build();
    }
}
