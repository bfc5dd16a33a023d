package io.tillstream.simulator.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Coupon;
import com.stripe.model.PromotionCode;
import com.stripe.model.checkout.Session;
import com.stripe.param.CouponCreateParams;
import com.stripe.param.PromotionCodeCreateParams;
import com.stripe.param.checkout.SessionCreateParams;
import io.tillstream.simulator.Browser;
import io.tillstream.simulator.RunningSimulator;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A buyer pays less: by the shop's choice, or by a code. */
class CheckoutDiscountsTest extends RunningSimulator {
    private final Browser browser = new Browser();

    @AfterEach
    void forgetAll() {
        control("POST", "reset", "{}");
    }

    private static SessionCreateParams.Builder book() {
        return SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.PAYMENT)
                .setSuccessUrl("http://127.0.0.1:9/done")
                .addLineItem(SessionCreateParams.LineItem.builder()
                        .setQuantity(2L)
                        .setPriceData(SessionCreateParams.LineItem.PriceData.builder()
                                .setCurrency("usd")
                                .setUnitAmount(1000L)
                                .setProductData(SessionCreateParams.LineItem.PriceData.ProductData.builder()
                                        .setName("A book")
                                        .build())
                                .build())
                        .build());
    }

    private Session create(SessionCreateParams.Builder params) throws StripeException {
        return stripe.v1().checkout().sessions().create(params.build());
    }

    private Session read(Session session) throws StripeException {
        return stripe.v1().checkout().sessions().retrieve(session.getId());
    }

    private Coupon quarter() throws StripeException {
        return stripe.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setPercentOff(BigDecimal.valueOf(25))
                        .setMaxRedemptions(1L)
                        .build());
    }

    private PromotionCode code(Coupon coupon) throws StripeException {
        return stripe.v1()
                .promotionCodes()
                .create(PromotionCodeCreateParams.builder()
                        .setCode("FALL25")
                        .setPromotion(PromotionCodeCreateParams.Promotion.builder()
                                .setType(PromotionCodeCreateParams.Promotion.Type.COUPON)
                                .setCoupon(coupon.getId())
                                .build())
                        .build());
    }

    private static Map<String, String> card(String method, String promotion) {
        Map<String, String> form = new HashMap<>();
        form.put("method", method);
        form.put("promotionCode", promotion);
        form.put("email", "alice@example.com");
        form.put("cardNumber", "4242 4242 4242 4242");
        form.put("cardExpiry", "12 / 40");
        form.put("cardCvc", "123");
        form.put("billingName", "Alice");
        form.put("billingCountry", "US");
        form.put("billingPostalCode", "12345");
        return form;
    }

    @Test
    void aCouponOfTheShopIsTakenOffAndCountsOnceItIsPaid() throws StripeException {
        Coupon coupon = quarter();
        Session session = create(book().addDiscount(SessionCreateParams.Discount.builder()
                .setCoupon(coupon.getId())
                .build()));
        assertThat(session.getAmountSubtotal()).isEqualTo(2000);
        assertThat(session.getAmountTotal()).isEqualTo(1500);
        assertThat(session.getTotalDetails().getAmountDiscount()).isEqualTo(500);
        assertThat(stripe.v1().coupons().retrieve(coupon.getId()).getTimesRedeemed())
                .isZero();
        browser.submit(session.getUrl(), card("card", ""));
        Session paid = read(session);
        assertThat(paid.getPaymentStatus()).isEqualTo("paid");
        assertThat(stripe.v1()
                        .paymentIntents()
                        .retrieve(paid.getPaymentIntent())
                        .getAmount())
                .isEqualTo(1500);
        assertThat(stripe.v1().coupons().retrieve(coupon.getId()).getValid()).isFalse();
        InvalidRequestException used = refused(
                InvalidRequestException.class,
                () -> create(book().addDiscount(SessionCreateParams.Discount.builder()
                        .setCoupon(coupon.getId())
                        .build())));
        assertThat(used.getCode()).isEqualTo("coupon_expired");
    }

    @Test
    void aBuyerTypesACodeAndPaysLess() throws StripeException {
        PromotionCode code = code(quarter());
        Session session = create(book().setAllowPromotionCodes(true));
        assertThat(browser.open(session.getUrl()).body()).contains("promotionCode");
        HttpResponse<String> wrong = browser.submit(session.getUrl(), card("promotion", "NONE"));
        assertThat(wrong.statusCode()).isEqualTo(402);
        assertThat(wrong.body()).contains("This code is invalid.");
        browser.submit(session.getUrl(), card("promotion", "fall25"));
        assertThat(read(session).getAmountTotal()).isEqualTo(1500);
        assertThat(read(session).getStatus()).isEqualTo("open");
        assertThat(browser.open(session.getUrl()).body()).contains("$15.00");
        browser.submit(session.getUrl(), card("card", ""));
        assertThat(read(session).getPaymentStatus()).isEqualTo("paid");
        assertThat(read(session).getDiscounts().get(0).getPromotionCode()).isEqualTo(code.getId());
        assertThat(stripe.v1().promotionCodes().retrieve(code.getId()).getTimesRedeemed())
                .isEqualTo(1);
    }

    /** docs.stripe.com/api/coupons/object, {@code currency}: an amount off is of its own currency. Five euros are not five dollars. */
    @Test
    void aCodeOfAnotherCurrencyTakesNothingOff() throws StripeException {
        PromotionCode code = code(stripe.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setAmountOff(500L)
                        .setCurrency("eur")
                        .build()));
        Session session = create(book().setAllowPromotionCodes(true));

        HttpResponse<String> refused = browser.submit(session.getUrl(), card("promotion", "FALL25"));

        assertThat(refused.statusCode()).isEqualTo(402);
        assertThat(read(session).getAmountTotal()).isEqualTo(2000);
        browser.submit(session.getUrl(), card("card", ""));
        Session paid = read(session);
        assertThat(paid.getPaymentStatus()).isEqualTo("paid");
        assertThat(stripe.v1()
                        .paymentIntents()
                        .retrieve(paid.getPaymentIntent())
                        .getAmount())
                .isEqualTo(2000);
        assertThat(stripe.v1().promotionCodes().retrieve(code.getId()).getTimesRedeemed())
                .isZero();
    }

    @Test
    void whatIsOnlyForAnotherModeIsRefused() {
        HttpResponse<String> refused = raw(
                SECRET_KEY,
                "POST",
                "/v1/checkout/sessions",
                "mode=subscription&success_url=http://a.b/&line_items[0][quantity]=1"
                        + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=5"
                        + "&line_items[0][price_data][product_data][name]=X");
        assertThat(json(refused).at("/error/message").asString()).contains("at least one recurring price");
    }
}
