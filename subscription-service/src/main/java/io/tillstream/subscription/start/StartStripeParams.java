package io.tillstream.subscription.start;

import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionCreateParams.PaymentBehavior;
import com.stripe.param.SubscriptionCreateParams.PaymentSettings;
import com.stripe.param.SubscriptionCreateParams.TrialSettings;
import com.stripe.param.checkout.SessionCreateParams;
import io.tillstream.stripe.ClientReference;
import java.util.Map;

/** A start as Stripe is asked for it; only from what is stored, so that it can be asked for again. */
final class StartStripeParams {

    /** What an answer has to be expanded by for {@link FirstPayment}. */
    static final String INVOICE_SECRET = "latest_invoice.confirmation_secret";

    static final String SETUP = "pending_setup_intent";

    /** What is sold on a page; Stripe tells it only to whoever asks for it. */
    static final String LINE_ITEMS = "line_items";

    private static final String SESSION_ID = "session_id={CHECKOUT_SESSION_ID}"; // Stripe puts the id in its place

    /** Stripe's page asks for a card, which may be gone by the end of the trial. */
    private static final SessionCreateParams.SubscriptionData.TrialSettings ENDS_WITHOUT_A_CARD =
            SessionCreateParams.SubscriptionData.TrialSettings.builder()
                    .setEndBehavior(SessionCreateParams.SubscriptionData.TrialSettings.EndBehavior.builder()
                            .setMissingPaymentMethod(
                                    SessionCreateParams.SubscriptionData.TrialSettings.EndBehavior.MissingPaymentMethod
                                            .CANCEL)
                            .build())
                    .build();

    private StartStripeParams() {}

    /**
     * With a saved card Stripe takes the first payment at once, and where the bank wants to see its owner the invoice
     * waits for that. Without one the invoice waits for the browser. Whatever pays it pays the next ones too.
     */
    static SubscriptionCreateParams subscription(StartParameters wanted, Map<String, String> metadata) {
        var params = SubscriptionCreateParams.builder()
                .setCustomer(wanted.customerId())
                .addItem(SubscriptionCreateParams.Item.builder()
                        .setPrice(wanted.priceId())
                        .setQuantity((long) wanted.quantity())
                        .build())
                .setCurrency(wanted.currency())
                .setPaymentBehavior(
                        wanted.paymentMethodId() == null
                                ? PaymentBehavior.DEFAULT_INCOMPLETE
                                : PaymentBehavior.ALLOW_INCOMPLETE)
                .setPaymentSettings(PaymentSettings.builder()
                        .setSaveDefaultPaymentMethod(PaymentSettings.SaveDefaultPaymentMethod.ON_SUBSCRIPTION)
                        .build())
                .setOffSession(false)
                .putAllMetadata(metadata)
                .addExpand(INVOICE_SECRET)
                .addExpand(SETUP);
        if (wanted.paymentMethodId() != null) {
            params.setDefaultPaymentMethod(wanted.paymentMethodId());
        }
        if (wanted.promotionCodeId() != null) {
            params.addDiscount(SubscriptionCreateParams.Discount.builder()
                    .setPromotionCode(wanted.promotionCodeId())
                    .build());
        }
        return trial(params, wanted).build();
    }

    /** A trial that ends without a card ends the subscription: nothing is owed, and it can be begun anew with one. */
    private static SubscriptionCreateParams.Builder trial(
            SubscriptionCreateParams.Builder params, StartParameters wanted) {
        if (wanted.trialDays() == 0) {
            return params;
        }
        return params.setTrialPeriodDays((long) wanted.trialDays())
                .setTrialSettings(TrialSettings.builder()
                        .setEndBehavior(TrialSettings.EndBehavior.builder()
                                .setMissingPaymentMethod(TrialSettings.EndBehavior.MissingPaymentMethod.CANCEL)
                                .build())
                        .build());
    }

    static SessionCreateParams session(
            StartParameters wanted, StartParameters.StripePage page, String userId, Map<String, String> metadata) {
        var data = SessionCreateParams.SubscriptionData.builder().putAllMetadata(metadata);
        if (wanted.trialDays() > 0) {
            data.setTrialPeriodDays((long) wanted.trialDays()).setTrialSettings(ENDS_WITHOUT_A_CARD);
        }
        var params = SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
                .setCustomer(wanted.customerId())
                .setClientReferenceId(ClientReference.of(userId))
                .setCurrency(wanted.currency())
                .putAllMetadata(metadata)
                .setSubscriptionData(data.build())
                .addLineItem(SessionCreateParams.LineItem.builder()
                        .setPrice(wanted.priceId())
                        .setQuantity((long) wanted.quantity())
                        .build())
                .addExpand(LINE_ITEMS);
        if (wanted.promotionCodeId() != null) {
            params.addDiscount(SessionCreateParams.Discount.builder()
                    .setPromotionCode(wanted.promotionCodeId())
                    .build());
        } else if (page.allowPromotionCodes()) {
            params.setAllowPromotionCodes(true);
        }
        return pages(params, page).build();
    }

    /** On Stripe's page the user comes back by URL; on ours, the page is a part and comes back by itself. */
    private static SessionCreateParams.Builder pages(
            SessionCreateParams.Builder params, StartParameters.StripePage page) {
        String back = withSessionId(page.successUrl());
        return page.embedded()
                ? params.setUiMode(SessionCreateParams.UiMode.EMBEDDED_PAGE).setReturnUrl(back)
                : params.setUiMode(SessionCreateParams.UiMode.HOSTED_PAGE)
                        .setSuccessUrl(back)
                        .setCancelUrl(page.cancelUrl());
    }

    private static String withSessionId(String url) {
        if (url.contains("{CHECKOUT_SESSION_ID}")) {
            return url;
        }
        return url + (url.contains("?") ? "&" : "?") + SESSION_ID;
    }
}
