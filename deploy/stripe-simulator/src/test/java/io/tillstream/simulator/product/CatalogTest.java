package io.tillstream.simulator.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Coupon;
import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.PromotionCode;
import com.stripe.param.CouponCreateParams;
import com.stripe.param.CouponRetrieveParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.PriceRetrieveParams;
import com.stripe.param.PriceUpdateParams;
import com.stripe.param.ProductCreateParams;
import com.stripe.param.ProductListParams;
import com.stripe.param.ProductRetrieveParams;
import com.stripe.param.ProductUpdateParams;
import com.stripe.param.PromotionCodeCreateParams;
import com.stripe.param.PromotionCodeListParams;
import com.stripe.param.PromotionCodeRetrieveParams;
import io.tillstream.simulator.RunningSimulator;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a shop offers: products, prices, and what makes them cheaper. */
class CatalogTest extends RunningSimulator {
    @AfterEach
    void forgetAll() {
        control("POST", "reset", "{}");
    }

    private Product product(String id) throws StripeException {
        return stripe.v1()
                .products()
                .create(ProductCreateParams.builder()
                        .setId(id)
                        .setName("Plan " + id)
                        .build());
    }

    private static PriceCreateParams.Builder monthly(String product, long amount) {
        return PriceCreateParams.builder()
                .setProduct(product)
                .setCurrency("usd")
                .setUnitAmount(amount)
                .setRecurring(PriceCreateParams.Recurring.builder()
                        .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                        .build());
    }

    private Price create(PriceCreateParams.Builder params) throws StripeException {
        return stripe.v1().prices().create(params.build());
    }

    /** docs.stripe.com/currencies. */
    @ParameterizedTest
    @CsvSource({
        "/v1/prices, currency=zzz&unit_amount=900&product_data[name]=Tea",
        "/v1/prices, currency=usd&unit_amount=900&product_data[name]=Tea&currency_options[zzz][unit_amount]=800",
        "/v1/plans, currency=zzz&amount=900&interval=month&product[name]=Tea",
        "/v1/coupons, currency=zzz&amount_off=900",
        "/v1/coupons, currency=usd&amount_off=900&currency_options[zzz][amount_off]=800",
        "/v1/products, name=Tea&default_price_data[currency]=zzz&default_price_data[unit_amount]=900"
    })
    void nothingIsSoldInACurrencyThatNobodyHas(String path, String form) {
        HttpResponse<String> refused = raw(SECRET_KEY, "POST", path, form);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(json(refused).at("/error/message").asString())
                .startsWith("Invalid currency: zzz.")
                .contains("afn", "kwd", "usd");
        assertThat(json(raw(SECRET_KEY, "GET", "/v1/products", "")).path("data"))
                .isEmpty();
    }

    @Test
    void aProductWithItsFirstPriceIsMadeInOneCallAndKeepsAnIdOfTheShop() throws StripeException {
        Product made = stripe.v1()
                .products()
                .create(ProductCreateParams.builder()
                        .setId("gold_plan")
                        .setName("Gold")
                        .setDefaultPriceData(ProductCreateParams.DefaultPriceData.builder()
                                .setCurrency("USD")
                                .setUnitAmount(1500L)
                                .build())
                        .addMarketingFeature(ProductCreateParams.MarketingFeature.builder()
                                .setName("Unlimited")
                                .build())
                        .putMetadata("tier", "2")
                        .build());
        assertThat(made.getId()).isEqualTo("gold_plan");
        assertThat(made.getMarketingFeatures().get(0).getName()).isEqualTo("Unlimited");
        Price price = stripe.v1()
                .prices()
                .retrieve(
                        made.getDefaultPrice(),
                        PriceRetrieveParams.builder().addExpand("product").build());
        assertThat(price.getProductObject().getName()).isEqualTo("Gold");
        assertThat(price.getType()).isEqualTo("one_time");
        assertThat(eventsOf("gold_plan")).containsExactly("product.created", "product.updated");
        assertThat(eventsOf(price.getId())).containsExactly("price.created");
        InvalidRequestException again = refused(InvalidRequestException.class, () -> product("gold_plan"));
        assertThat(again.getCode()).isEqualTo("resource_already_exists");
        InvalidRequestException archived = refused(InvalidRequestException.class, () -> stripe.v1()
                .prices()
                .update(
                        price.getId(),
                        PriceUpdateParams.builder().setActive(false).build()));
        assertThat(archived.getMessage()).contains("default price");
        InvalidRequestException deleted = refused(
                InvalidRequestException.class, () -> stripe.v1().products().delete("gold_plan"));
        assertThat(deleted.getMessage()).contains("one or more user-created prices");
    }

    @Test
    void productsAreListedByWhatIsSoldAndDeletedWhenNothingHangsOnThem() throws StripeException {
        product("a");
        product("b");
        Product paused = stripe.v1()
                .products()
                .update(
                        "a",
                        ProductUpdateParams.builder()
                                .setActive(false)
                                .setDescription("gone")
                                .build());
        assertThat(paused.getDescription()).isEqualTo("gone");
        assertThat(stripe.v1()
                        .products()
                        .list(ProductListParams.builder().setActive(true).build())
                        .getData())
                .extracting(Product::getId)
                .containsExactly("b");
        assertThat(stripe.v1()
                        .products()
                        .list(ProductListParams.builder().addId("a").build())
                        .getData())
                .hasSize(1);
        assertThat(stripe.v1().products().delete("a").getDeleted()).isTrue();
        assertThat(eventsOf("a")).containsExactly("product.created", "product.updated", "product.deleted");
        assertThat(stripe.v1().products().list().getData()).hasSize(1);
        assertThat(product("a").getActive()).isTrue();
    }

    @Test
    void aLookupKeyBelongsToOnePriceUntilItIsTransferred() throws StripeException {
        product("p");
        Price old = create(monthly("p", 1000).setLookupKey("standard"));
        InvalidRequestException taken = refused(
                InvalidRequestException.class, () -> create(monthly("p", 1200).setLookupKey("standard")));
        assertThat(taken.getMessage()).contains(old.getId()).contains("already uses that lookup key");
        Price next = create(monthly("p", 1200).setLookupKey("standard").setTransferLookupKey(true));
        assertThat(stripe.v1().prices().retrieve(old.getId()).getLookupKey()).isNull();
        assertThat(stripe.v1()
                        .prices()
                        .list(PriceListParams.builder()
                                .addLookupKey("standard")
                                .setActive(true)
                                .build())
                        .getData())
                .extracting(Price::getId)
                .containsExactly(next.getId());
        assertThat(eventsOf(old.getId()))
                .containsExactly("price.created", "plan.created", "price.updated", "plan.updated");
    }

    @Test
    void aPriceKnowsItsIntervalAndItsOtherCurrencies() throws StripeException {
        product("p");
        Price price = create(monthly("p", 999)
                .setNickname("Monthly")
                .putCurrencyOption(
                        "eur",
                        PriceCreateParams.CurrencyOption.builder()
                                .setUnitAmount(899L)
                                .build()));
        assertThat(price.getRecurring().getInterval()).isEqualTo("month");
        assertThat(price.getRecurring().getIntervalCount()).isEqualTo(1);
        assertThat(price.getCurrencyOptions()).isNull();
        Price expanded = stripe.v1()
                .prices()
                .retrieve(
                        price.getId(),
                        PriceRetrieveParams.builder()
                                .addExpand("currency_options")
                                .build());
        assertThat(expanded.getCurrencyOptions()).containsOnlyKeys("usd", "eur");
        assertThat(expanded.getCurrencyOptions().get("eur").getUnitAmount()).isEqualTo(899);
        create(PriceCreateParams.builder()
                .setProduct("p")
                .setCurrency("usd")
                .setUnitAmountDecimal(new BigDecimal("0.5")));
        assertThat(stripe.v1()
                        .prices()
                        .list(PriceListParams.builder()
                                .setProduct("p")
                                .setType(PriceListParams.Type.RECURRING)
                                .setRecurring(PriceListParams.Recurring.builder()
                                        .setInterval(PriceListParams.Recurring.Interval.MONTH)
                                        .build())
                                .build())
                        .getData())
                .extracting(Price::getId)
                .containsExactly(price.getId());
    }

    @Test
    void whatIsNoPriceIsRefusedAndLeavesNothing() throws StripeException {
        product("p");
        assertThat(problem("prices", "currency=usd&product=p")).contains("unit_amount");
        assertThat(problem("prices", "currency=usd&unit_amount=1")).isEqualTo("Missing required param: product.");
        assertThat(problem("prices", "currency=usd&unit_amount=1&product=none")).isEqualTo("No such product: 'none'");
        assertThat(problem(
                        "prices",
                        "currency=usd&unit_amount=1&product=p&recurring[interval]=year"
                                + "&recurring[interval_count]=4"))
                .contains("interval_count");
        assertThat(problem("products", "name=Q&default_price_data[currency]=usd"))
                .contains("unit_amount");
        assertThat(stripe.v1().products().list().getData()).hasSize(1);
    }

    private String problem(String resource, String form) {
        return json(raw(SECRET_KEY, "POST", "/v1/" + resource, form))
                .at("/error/message")
                .asString();
    }

    private Coupon coupon(CouponCreateParams.Builder params) throws StripeException {
        return stripe.v1().coupons().create(params.build());
    }

    @Test
    void aCouponTakesAShareOrAnAmountOffAndIsGoneOnceDeleted() throws StripeException {
        product("p");
        Coupon share = coupon(CouponCreateParams.builder()
                .setId("QUARTER")
                .setPercentOff(new BigDecimal("25.5"))
                .setDuration(CouponCreateParams.Duration.REPEATING)
                .setDurationInMonths(3L)
                .setAppliesTo(
                        CouponCreateParams.AppliesTo.builder().addProduct("p").build()));
        assertThat(share.getPercentOff()).isEqualByComparingTo("25.5");
        assertThat(share.getValid()).isTrue();
        assertThat(share.getAppliesTo()).isNull();
        assertThat(stripe.v1()
                        .coupons()
                        .retrieve(
                                "QUARTER",
                                CouponRetrieveParams.builder()
                                        .addExpand("applies_to")
                                        .build())
                        .getAppliesTo()
                        .getProducts())
                .containsExactly("p");
        assertThat(refused(
                                InvalidRequestException.class,
                                () -> coupon(CouponCreateParams.builder()
                                        .setId("QUARTER")
                                        .setPercentOff(BigDecimal.TEN)))
                        .getCode())
                .isEqualTo("resource_already_exists");
        assertThat(problem("coupons", "amount_off=100")).contains("currency");
        assertThat(problem("coupons", "duration=forever")).contains("percent_off or amount_off");
        stripe.v1().coupons().delete("QUARTER");
        InvalidRequestException gone = refused(
                InvalidRequestException.class, () -> stripe.v1().coupons().retrieve("QUARTER"));
        assertThat(gone.getMessage()).startsWith("No such coupon: 'QUARTER'");
        assertThat(coupon(CouponCreateParams.builder().setId("QUARTER").setPercentOff(BigDecimal.ONE))
                        .getDuration())
                .isEqualTo("once");
        assertThat(eventsOf("QUARTER")).containsExactly("coupon.created", "coupon.deleted", "coupon.created");
    }

    @Test
    void aCouponIsNoLongerValidAfterItsLastDay() throws StripeException {
        long tomorrow = System.currentTimeMillis() / 1000 + 86400;
        Coupon coupon = coupon(
                CouponCreateParams.builder().setPercentOff(BigDecimal.TEN).setRedeemBy(tomorrow));
        control("PUT", "clock", "{'advance': 'PT25H'}");
        assertThat(stripe.v1().coupons().retrieve(coupon.getId()).getValid()).isFalse();
    }

    @Test
    void aPromotionCodeLeadsToItsCouponAndIsActiveOnlyOnce() throws StripeException {
        Coupon coupon = coupon(CouponCreateParams.builder().setAmountOff(500L).setCurrency("usd"));
        PromotionCodeCreateParams fall = PromotionCodeCreateParams.builder()
                .setCode("FALL20")
                .setPromotion(PromotionCodeCreateParams.Promotion.builder()
                        .setType(PromotionCodeCreateParams.Promotion.Type.COUPON)
                        .setCoupon(coupon.getId())
                        .build())
                .setExpiresAt(System.currentTimeMillis() / 1000 + 3600)
                .setRestrictions(PromotionCodeCreateParams.Restrictions.builder()
                        .setFirstTimeTransaction(true)
                        .setMinimumAmount(1000L)
                        .setMinimumAmountCurrency("usd")
                        .build())
                .build();
        PromotionCode code = stripe.v1().promotionCodes().create(fall);
        assertThat(code.getPromotion().getCoupon()).isEqualTo(coupon.getId());
        assertThat(code.getRestrictions().getMinimumAmount()).isEqualTo(1000);
        assertThat(stripe.v1()
                        .promotionCodes()
                        .retrieve(
                                code.getId(),
                                PromotionCodeRetrieveParams.builder()
                                        .addExpand("promotion.coupon")
                                        .build())
                        .getPromotion()
                        .getCouponObject()
                        .getAmountOff())
                .isEqualTo(500);
        assertThat(refused(
                                InvalidRequestException.class,
                                () -> stripe.v1().promotionCodes().create(fall))
                        .getMessage())
                .contains("already exists");
        assertThat(listed("fall20", true)).isEqualTo(1);
        control("PUT", "clock", "{'advance': 'PT2H'}");
        assertThat(listed("FALL20", true)).isZero();
        assertThat(eventsOf(code.getId())).containsExactly("promotion_code.created", "promotion_code.updated");
    }

    private int listed(String code, boolean active) throws StripeException {
        return stripe.v1()
                .promotionCodes()
                .list(PromotionCodeListParams.builder()
                        .setCode(code)
                        .setActive(active)
                        .build())
                .getData()
                .size();
    }

    @Test
    void aProductIsExpandedByAnIdThatLooksLikeNothingOrLikeSomethingElse() throws StripeException {
        product("price_of_gold");
        Price price = create(monthly("price_of_gold", 100));
        assertThat(stripe.v1()
                        .prices()
                        .retrieve(
                                price.getId(),
                                PriceRetrieveParams.builder()
                                        .addExpand("product")
                                        .build())
                        .getProductObject()
                        .getId())
                .isEqualTo("price_of_gold");
        assertThat(stripe.v1()
                        .products()
                        .retrieve(
                                "price_of_gold",
                                ProductRetrieveParams.builder()
                                        .addExpand("default_price")
                                        .build())
                        .getDefaultPrice())
                .isNull();
    }

    @Test
    void aPriceThatIsDeletedInTheDashboardIsToldAndSoldNoMore() throws StripeException {
        product("p");
        Price price = create(monthly("p", 100).setLookupKey("standard"));
        control("POST", "prices/" + price.getId() + "/delete", "{}");
        assertThat(eventsOf(price.getId()))
                .containsExactly("price.created", "plan.created", "price.deleted", "plan.deleted");
        assertThat(stripe.v1().prices().retrieve(price.getId()).getDeleted()).isTrue();
        assertThat(create(monthly("p", 100).setLookupKey("standard")).getLookupKey())
                .isEqualTo("standard");
    }

    @Test
    void aCodeEndsWithItsCouponAndMayBeOneForEachCustomer() throws StripeException {
        Coupon coupon = coupon(CouponCreateParams.builder().setPercentOff(BigDecimal.TEN));
        String code = "promotion[type]=coupon&promotion[coupon]=" + coupon.getId() + "&code=MINE";
        String anna = json(raw(SECRET_KEY, "POST", "/v1/customers", "name=Anna"))
                .path("id")
                .asString();
        String bert = json(raw(SECRET_KEY, "POST", "/v1/customers", "name=Bert"))
                .path("id")
                .asString();
        raw(SECRET_KEY, "POST", "/v1/promotion_codes", code + "&customer=" + anna);
        raw(SECRET_KEY, "POST", "/v1/promotion_codes", code + "&customer=" + bert);
        assertThat(problem("promotion_codes", code)).contains("already exists");
        assertThat(listed("MINE", true)).isEqualTo(2);
        stripe.v1().coupons().delete(coupon.getId());
        assertThat(listed("MINE", true)).isZero();
    }
}
