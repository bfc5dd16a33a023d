package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Refund;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.PaymentIntentCaptureParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.PaymentMethodListParams;
import com.stripe.param.RefundCreateParams;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PaymentsTest extends RunningSimulator {
    private static PaymentIntentCreateParams.Builder of(long amount, String method) {
        return PaymentIntentCreateParams.builder()
                .setAmount(amount)
                .setCurrency("usd")
                .setPaymentMethod(method)
                .setConfirm(true)
                .addPaymentMethodType("card")
                .putMetadata("order_id", "o-1");
    }

    private PaymentIntent pay(PaymentIntentCreateParams params) throws StripeException {
        return stripe.v1().paymentIntents().create(params);
    }

    private Customer customer() throws StripeException {
        return stripe.v1()
                .customers()
                .create(CustomerCreateParams.builder().setName("alice").build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pm_card_visa",
                "pm_card_visa_debit",
                "pm_card_mastercard",
                "pm_card_amex",
                "pm_card_discover",
                "pm_card_diners",
                "pm_card_jcb",
                "pm_card_unionpay",
                "pm_card_de",
                "pm_card_br",
                "pm_card_jp",
                "pm_card_riskLevelElevated",
                "pm_card_avsZipFail",
                "pm_card_cvcCheckFail"
            })
    void aGoodCardPays(String card) throws StripeException {
        PaymentIntent paid = pay(of(1999, card).build());
        assertThat(paid.getStatus()).isEqualTo("succeeded");
        assertThat(paid.getAmountReceived()).isEqualTo(1999);
        assertThat(paid.getId()).matches("pi_[0-9A-Za-z]{24}");
        assertThat(paid.getClientSecret()).startsWith(paid.getId() + "_secret_");
        assertThat(paid.getPaymentMethod()).isNotEqualTo(card).startsWith("pm_");
    }

    @Test
    void aPaymentIsToldStepByStep() throws StripeException {
        PaymentIntent paid = pay(of(10_000, "pm_card_visa").build());
        assertThat(eventsOf(paid.getId())).containsExactly("payment_intent.created", "payment_intent.succeeded");
        await().untilAsserted(() ->
                assertThat(eventsOf(paid.getLatestCharge())).containsExactly("charge.succeeded", "charge.updated"));
        PaymentIntent expanded = stripe.v1()
                .paymentIntents()
                .retrieve(
                        paid.getId(),
                        PaymentIntentRetrieveParams.builder()
                                .addExpand("latest_charge.balance_transaction")
                                .addExpand("payment_method")
                                .build());
        Charge charge = expanded.getLatestChargeObject();
        assertThat(charge.getPaid()).isTrue();
        assertThat(charge.getBalanceTransactionObject().getFee()).isEqualTo(320);
        assertThat(charge.getBalanceTransactionObject().getNet()).isEqualTo(9680);
        assertThat(expanded.getPaymentMethodObject().getCard().getLast4()).isEqualTo("4242");
        assertThat(charge.getPaymentMethodDetails().getCard().getBrand()).isEqualTo("visa");
        JsonNode event = lastEvent(paid.getId(), "payment_intent.succeeded");
        assertThat(event.at("/request/id").asString())
                .isEqualTo(paid.getLastResponse().requestId());
        assertThat(event.at("/api_version").asString()).isEqualTo("2026-07-29.dahlia");
    }

    @ParameterizedTest
    @CsvSource({
        "pm_card_visa_chargeDeclined, card_declined, generic_decline",
        "pm_card_visa_chargeDeclinedInsufficientFunds, card_declined, insufficient_funds",
        "pm_card_visa_chargeDeclinedLostCard, card_declined, lost_card",
        "pm_card_visa_chargeDeclinedStolenCard, card_declined, stolen_card",
        "pm_card_chargeDeclinedExpiredCard, expired_card,",
        "pm_card_chargeDeclinedIncorrectCvc, incorrect_cvc,",
        "pm_card_chargeDeclinedProcessingError, processing_error,",
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded, card_declined, card_velocity_exceeded",
        "pm_card_chargeCustomerFail, card_declined, generic_decline",
        "pm_card_radarBlock, card_declined, fraudulent",
        "pm_card_threeDSecureRequiredProcessingError, processing_error,",
    })
    void aBadCardIsDeclined(String card, String code, String declineCode) throws StripeException {
        CardException declined =
                refused(CardException.class, () -> pay(of(1999, card).build()));
        assertThat(declined.getStatusCode()).isEqualTo(402);
        assertThat(declined.getCode()).isEqualTo(code);
        assertThat(declined.getDeclineCode()).isEqualTo(declineCode);
        PaymentIntent left = declined.getStripeError().getPaymentIntent();
        assertThat(left.getStatus()).isEqualTo("requires_payment_method");
        assertThat(left.getLastPaymentError().getCharge()).isEqualTo(declined.getCharge());
        assertThat(left.getLastPaymentError().getPaymentMethod().getId()).startsWith("pm_");
        assertThat(eventsOf(left.getId())).containsExactly("payment_intent.created", "payment_intent.payment_failed");
        assertThat(eventsOf(declined.getCharge())).containsExactly("charge.failed");
        PaymentIntent paid = stripe.v1()
                .paymentIntents()
                .confirm(
                        left.getId(),
                        PaymentIntentConfirmParams.builder()
                                .setPaymentMethod("pm_card_visa")
                                .build());
        assertThat(paid.getStatus()).isEqualTo("succeeded");
    }

    @Test
    void tokensPayToo() throws StripeException {
        PaymentIntent paid = pay(PaymentIntentCreateParams.builder()
                .setAmount(500L)
                .setCurrency("usd")
                .setConfirm(true)
                .addPaymentMethodType("card")
                .putExtraParam(
                        "payment_method_data",
                        java.util.Map.of("type", "card", "card", java.util.Map.of("token", "tok_visa")))
                .build());
        assertThat(paid.getStatus()).isEqualTo("succeeded");
    }

    @Test
    void aCardThatNeedsTheBuyerWaitsForThem() throws StripeException {
        PaymentIntent waiting = pay(of(1999, "pm_card_authenticationRequired")
                .setReturnUrl("https://shop.example/back")
                .build());
        assertThat(waiting.getStatus()).isEqualTo("requires_action");
        assertThat(waiting.getNextAction().getRedirectToUrl().getUrl()).contains(waiting.getId());
        control("POST", "payment_intents/" + waiting.getId() + "/authenticate", "{'success': false}");
        PaymentIntent failed = stripe.v1().paymentIntents().retrieve(waiting.getId());
        assertThat(failed.getStatus()).isEqualTo("requires_payment_method");
        assertThat(failed.getLastPaymentError().getCode()).isEqualTo("payment_intent_authentication_failure");
        PaymentIntent again = stripe.v1()
                .paymentIntents()
                .confirm(
                        waiting.getId(),
                        PaymentIntentConfirmParams.builder()
                                .setPaymentMethod("pm_card_threeDSecure2Required")
                                .build());
        assertThat(again.getNextAction().getType()).isEqualTo("use_stripe_sdk");
        control("POST", "payment_intents/" + waiting.getId() + "/authenticate", "{'success': true}");
        assertThat(stripe.v1().paymentIntents().retrieve(waiting.getId()).getStatus())
                .isEqualTo("succeeded");
        assertThat(eventsOf(waiting.getId()))
                .containsExactly(
                        "payment_intent.created",
                        "payment_intent.requires_action",
                        "payment_intent.payment_failed",
                        "payment_intent.requires_action",
                        "payment_intent.succeeded");
    }

    @Test
    void offSessionAsksForTheBuyerUnlessTheCardWasSetUp() throws StripeException {
        Customer customer = customer();
        CardException refused = refused(
                CardException.class,
                () -> pay(of(1999, "pm_card_authenticationRequiredOnSetup")
                        .setCustomer(customer.getId())
                        .setOffSession(true)
                        .build()));
        assertThat(refused.getCode()).isEqualTo("authentication_required");
        assertThat(refused.getStripeError().getPaymentIntent().getClientSecret())
                .isNotNull();
        PaymentIntent first = pay(of(1999, "pm_card_authenticationRequiredOnSetup")
                .setCustomer(customer.getId())
                .setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION)
                .build());
        assertThat(first.getStatus()).isEqualTo("requires_action");
        control("POST", "payment_intents/" + first.getId() + "/authenticate", "{'success': true}");
        PaymentIntent later = pay(of(1999, first.getPaymentMethod())
                .setCustomer(customer.getId())
                .setOffSession(true)
                .build());
        assertThat(later.getStatus()).isEqualTo("succeeded");
        assertThat(stripe.v1()
                        .paymentMethods()
                        .list(PaymentMethodListParams.builder()
                                .setCustomer(customer.getId())
                                .build())
                        .getData())
                .extracting(PaymentMethod::getId)
                .containsExactly(first.getPaymentMethod());
    }

    @Test
    void manualCaptureHoldsThenTakes() throws StripeException {
        PaymentIntent held = pay(of(5000, "pm_card_visa")
                .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
                .build());
        assertThat(held.getStatus()).isEqualTo("requires_capture");
        assertThat(held.getAmountCapturable()).isEqualTo(5000);
        PaymentIntent taken = stripe.v1()
                .paymentIntents()
                .capture(
                        held.getId(),
                        PaymentIntentCaptureParams.builder()
                                .setAmountToCapture(3000L)
                                .build());
        assertThat(taken.getStatus()).isEqualTo("succeeded");
        assertThat(taken.getAmountReceived()).isEqualTo(3000);
        assertThat(eventsOf(held.getLatestCharge())).startsWith("charge.succeeded", "charge.captured");
        Refund refund = stripe.v1()
                .refunds()
                .create(RefundCreateParams.builder()
                        .setPaymentIntent(held.getId())
                        .build());
        assertThat(refund.getAmount()).isEqualTo(3000);
    }

    @Test
    void whatIsHeldCanBeLetGo() throws StripeException {
        PaymentIntent held = pay(of(5000, "pm_card_visa")
                .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
                .build());
        PaymentIntent canceled = stripe.v1()
                .paymentIntents()
                .cancel(
                        held.getId(),
                        PaymentIntentCancelParams.builder()
                                .setCancellationReason(PaymentIntentCancelParams.CancellationReason.ABANDONED)
                                .build());
        assertThat(canceled.getStatus()).isEqualTo("canceled");
        assertThat(canceled.getCancellationReason()).isEqualTo("abandoned");
        InvalidRequestException again = refused(
                InvalidRequestException.class,
                () -> stripe.v1().paymentIntents().cancel(held.getId()));
        assertThat(again.getCode()).isEqualTo("payment_intent_unexpected_state");
    }

    @ParameterizedTest
    @CsvSource({"pm_usBankAccount_success, succeeded", "pm_usBankAccount_insufficientFunds, requires_payment_method"})
    void aBankDebitIsProcessedFirst(String account, String end) throws StripeException {
        PaymentIntent processing = pay(PaymentIntentCreateParams.builder()
                .setAmount(2000L)
                .setCurrency("usd")
                .setPaymentMethod(account)
                .addPaymentMethodType("us_bank_account")
                .setConfirm(true)
                .setMandateData(PaymentIntentCreateParams.MandateData.builder()
                        .setCustomerAcceptance(PaymentIntentCreateParams.MandateData.CustomerAcceptance.builder()
                                .setType(PaymentIntentCreateParams.MandateData.CustomerAcceptance.Type.OFFLINE)
                                .build())
                        .build())
                .build());
        assertThat(processing.getStatus()).isEqualTo("processing");
        await().untilAsserted(() -> assertThat(stripe.v1()
                        .paymentIntents()
                        .retrieve(processing.getId())
                        .getStatus())
                .isEqualTo(end));
        assertThat(eventsOf(processing.getId())).contains("payment_intent.processing");
    }

    @Test
    void aBrowserConfirmsWithTheClientSecret() throws StripeException {
        PaymentIntent made = stripe.v1()
                .paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(700L)
                        .setCurrency("eur")
                        .setAutomaticPaymentMethods(PaymentIntentCreateParams.AutomaticPaymentMethods.builder()
                                .setEnabled(true)
                                .build())
                        .build());
        assertThat(made.getStatus()).isEqualTo("requires_payment_method");
        String path = "/v1/payment_intents/" + made.getId();
        assertThat(raw(PUBLISHABLE_KEY, "GET", path + "?client_secret=wrong", "")
                        .statusCode())
                .isEqualTo(400);
        HttpResponse<String> seen = raw(PUBLISHABLE_KEY, "GET", path + "?client_secret=" + made.getClientSecret(), "");
        assertThat(json(seen).has("metadata")).isFalse();
        HttpResponse<String> confirmed = raw(
                PUBLISHABLE_KEY,
                "POST",
                path + "/confirm",
                "client_secret=" + made.getClientSecret() + "&payment_method_data[type]=card"
                        + "&payment_method_data[card][number]=4242424242424242&payment_method_data[card][exp_month]=12"
                        + "&payment_method_data[card][exp_year]=34&payment_method_data[card][cvc]=123");
        assertThat(json(confirmed).path("status").asString())
                .as(confirmed.body())
                .isEqualTo("succeeded");
        assertThat(control("GET", "journal?limit=10000", "").toString()).doesNotContain("4242424242424242");
    }

    @Test
    void aCardNumberComesFromABrowserOnly() {
        String card = "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34&card[cvc]=123";
        assertThat(raw(SECRET_KEY, "POST", "/v1/tokens", card).statusCode()).isEqualTo(402);
        HttpResponse<String> token = raw(PUBLISHABLE_KEY, "POST", "/v1/tokens", card);
        String form = "type=card&card[token]=" + json(token).path("id").asString();
        HttpResponse<String> method = raw(SECRET_KEY, "POST", "/v1/payment_methods", form);
        assertThat(json(method).at("/card/last4").asString()).isEqualTo("4242");
        assertThat(json(raw(SECRET_KEY, "POST", "/v1/payment_methods", form))
                        .at("/error/code")
                        .asString())
                .isEqualTo("token_already_used");
    }

    @ParameterizedTest
    @CsvSource({
        "4242424242424241, 12, 34, 123, incorrect_number",
        "4242424242424242, 13, 34, 123, invalid_expiry_month",
        "4242424242424242, 12, 20, 123, invalid_expiry_year",
        "4242424242424242, 12, 34, 99, invalid_cvc",
        "4111111111111111, 12, 34, 123, card_declined"
    })
    void wrongCardDataIsRefused(String number, String month, String year, String cvc, String code) {
        HttpResponse<String> refused = raw(
                PUBLISHABLE_KEY,
                "POST",
                "/v1/payment_methods",
                "type=card&card[number]=" + number + "&card[exp_month]=" + month + "&card[exp_year]=" + year
                        + "&card[cvc]=" + cvc);
        assertThat(refused.statusCode()).isEqualTo(402);
        assertThat(json(refused).at("/error/code").asString()).isEqualTo(code);
    }

    @Test
    void automaticMethodsNeedAReturnUrl() {
        InvalidRequestException refused = refused(
                InvalidRequestException.class,
                () -> pay(PaymentIntentCreateParams.builder()
                        .setAmount(700L)
                        .setCurrency("usd")
                        .setPaymentMethod("pm_card_visa")
                        .setConfirm(true)
                        .build()));
        assertThat(refused.getMessage()).contains("return_url");
    }

    @ParameterizedTest
    @CsvSource({"49, usd, amount_too_small", "100000000, usd, amount_too_large", "49, jpy, amount_too_small"})
    void amountsHaveLimits(long amount, String currency, String code) {
        InvalidRequestException refused = refused(
                InvalidRequestException.class,
                () -> pay(PaymentIntentCreateParams.builder()
                        .setAmount(amount)
                        .setCurrency(currency)
                        .build()));
        assertThat(refused.getCode()).isEqualTo(code);
    }

    @Test
    void aDeclinedKeyIsReplayed() {
        String key = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            CardException declined = refused(CardException.class, () -> stripe.v1()
                    .paymentIntents()
                    .create(of(1999, "pm_card_visa_chargeDeclined").build(), key(key)));
            assertThat(declined.getCode()).isEqualTo("card_declined");
        }
    }

    @Test
    void aCardIsSavedAndTakenAwayAgain() throws StripeException {
        Customer customer = customer();
        PaymentMethodAttachParams toCustomer = PaymentMethodAttachParams.builder()
                .setCustomer(customer.getId())
                .build();
        PaymentMethod visa = stripe.v1().paymentMethods().attach("pm_card_visa", toCustomer);
        PaymentMethod again = stripe.v1().paymentMethods().attach("pm_card_visa", toCustomer);
        assertThat(again.getId()).isNotEqualTo(visa.getId());
        assertThat(again.getCard().getFingerprint()).isEqualTo(visa.getCard().getFingerprint());
        CardException declined = refused(
                CardException.class,
                () -> stripe.v1().paymentMethods().attach("pm_card_visa_chargeDeclined", toCustomer));
        assertThat(declined.getCode()).isEqualTo("card_declined");
        assertThat(stripe.v1()
                        .paymentMethods()
                        .attach("pm_card_chargeCustomerFail", toCustomer)
                        .getCustomer())
                .isEqualTo(customer.getId());
        assertThat(stripe.v1().paymentMethods().detach(visa.getId()).getCustomer())
                .isNull();
        assertThat(eventsOf(visa.getId())).containsExactly("payment_method.attached", "payment_method.detached");
        assertThat(refused(
                                InvalidRequestException.class,
                                () -> stripe.v1().paymentMethods().attach(visa.getId(), toCustomer))
                        .getMessage())
                .contains("may not be used again");
    }
}
