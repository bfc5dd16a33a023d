package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.Customer;
import com.stripe.model.Dispute;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Refund;
import com.stripe.model.SetupIntent;
import com.stripe.model.radar.EarlyFraudWarning;
import com.stripe.param.ChargeRetrieveParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.DisputeListParams;
import com.stripe.param.DisputeUpdateParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentMethodUpdateParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.SetupIntentCreateParams;
import com.stripe.param.radar.EarlyFraudWarningListParams;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes after a payment, and cards that are saved without one. */
class AfterwardsTest extends RunningSimulator {
    private PaymentIntent paid(String card) throws StripeException {
        PaymentIntent paid = stripe.v1()
                .paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(4200L)
                        .setCurrency("usd")
                        .setPaymentMethod(card)
                        .setConfirm(true)
                        .addPaymentMethodType("card")
                        .build());
        await().until(() -> eventsOf(paid.getLatestCharge()).contains("charge.updated"));
        return paid;
    }

    private Refund refund(PaymentIntent paid, long amount) throws StripeException {
        return stripe.v1()
                .refunds()
                .create(RefundCreateParams.builder()
                        .setPaymentIntent(paid.getId())
                        .setAmount(amount)
                        .setReason(RefundCreateParams.Reason.REQUESTED_BY_CUSTOMER)
                        .build());
    }

    private Charge charge(PaymentIntent paid) throws StripeException {
        return stripe.v1()
                .charges()
                .retrieve(
                        paid.getLatestCharge(),
                        ChargeRetrieveParams.builder().addExpand("refunds").build());
    }

    @Test
    void refundsNeverExceedWhatWasTaken() throws StripeException {
        PaymentIntent paid = paid("pm_card_visa");
        Refund first = refund(paid, 2000);
        assertThat(first.getStatus()).isEqualTo("succeeded");
        assertThat(first.getId()).startsWith("re_");
        InvalidRequestException tooMuch = refused(InvalidRequestException.class, () -> refund(paid, 2201));
        assertThat(tooMuch.getMessage()).contains("greater than unrefunded amount");
        refund(paid, 2200);
        Charge charge = charge(paid);
        assertThat(charge.getRefunded()).isTrue();
        assertThat(charge.getAmountRefunded()).isEqualTo(4200);
        assertThat(charge.getRefunds().getData()).hasSize(2);
        assertThat(refused(InvalidRequestException.class, () -> refund(paid, 1)).getCode())
                .isEqualTo("charge_already_refunded");
        assertThat(eventsOf(first.getId())).startsWith("refund.created");
        assertThat(lastEvent(charge.getId(), "charge.refunded")
                        .at("/data/previous_attributes/amount_refunded")
                        .asLong())
                .isEqualTo(2000);
    }

    @Test
    void aRefundCanFailLater() throws StripeException {
        PaymentIntent paid = paid("pm_card_refundFail");
        Refund refund = refund(paid, 4200);
        assertThat(refund.getStatus()).isEqualTo("succeeded");
        await().until(() -> eventsOf(refund.getId()).contains("refund.failed"));
        Refund failed = stripe.v1().refunds().retrieve(refund.getId());
        assertThat(failed.getStatus()).isEqualTo("failed");
        assertThat(failed.getFailureReason()).isEqualTo("expired_or_canceled_card");
        assertThat(failed.getFailureBalanceTransaction()).startsWith("txn_");
        assertThat(charge(paid).getAmountRefunded()).isZero();
    }

    @Test
    void aRefundCanTakeItsTime() throws StripeException {
        PaymentIntent paid = paid("pm_card_pendingRefund");
        Refund refund = refund(paid, 4200);
        assertThat(refund.getStatus()).isEqualTo("pending");
        await().until(() ->
                stripe.v1().refunds().retrieve(refund.getId()).getStatus().equals("succeeded"));
        assertThat(eventsOf(refund.getId())).contains("refund.updated", "charge.refund.updated");
        assertThat(stripe.v1()
                        .refunds()
                        .list(RefundListParams.builder()
                                .setPaymentIntent(paid.getId())
                                .build())
                        .getData())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "pm_card_createDispute, fraudulent, needs_response",
        "pm_card_createDisputeProductNotReceived, product_not_received, needs_response",
        "pm_card_createDisputeInquiry, fraudulent, warning_needs_response"
    })
    void aTestCardDisputesItself(String card, String reason, String status) throws StripeException {
        Dispute dispute = dispute(paid(card));
        assertThat(dispute.getReason()).isEqualTo(reason);
        assertThat(dispute.getStatus()).isEqualTo(status);
        boolean inquiry = status.startsWith("warning");
        assertThat(dispute.getIsChargeRefundable()).isEqualTo(inquiry);
        assertThat(dispute.getBalanceTransactions()).hasSize(inquiry ? 0 : 1);
        assertThat(eventsOf(dispute.getId()))
                .isEqualTo(
                        inquiry
                                ? List.of("charge.dispute.created")
                                : List.of("charge.dispute.created", "charge.dispute.funds_withdrawn"));
    }

    @ParameterizedTest
    @CsvSource({"winning_evidence, won", "losing_evidence, lost"})
    void evidenceDecidesADispute(String words, String end) throws StripeException {
        PaymentIntent paid = paid("pm_card_createDispute");
        Dispute dispute = dispute(paid);
        assertThat(dispute.getBalanceTransactions().get(0).getNet()).isEqualTo(-5700);
        assertThat(refused(InvalidRequestException.class, () -> refund(paid, 100))
                        .getCode())
                .isEqualTo("charge_disputed");
        Dispute decided = stripe.v1()
                .disputes()
                .update(
                        dispute.getId(),
                        DisputeUpdateParams.builder()
                                .setEvidence(DisputeUpdateParams.Evidence.builder()
                                        .setUncategorizedText(words)
                                        .build())
                                .setSubmit(true)
                                .build());
        assertThat(decided.getStatus()).isEqualTo(end);
        assertThat(eventsOf(dispute.getId()))
                .contains("charge.dispute.updated", "charge.dispute.closed")
                .satisfies(types -> assertThat(types.contains("charge.dispute.funds_reinstated"))
                        .isEqualTo(end.equals("won")));
    }

    private Dispute dispute(PaymentIntent paid) throws StripeException {
        return stripe.v1()
                .disputes()
                .list(DisputeListParams.builder().setPaymentIntent(paid.getId()).build())
                .getData()
                .get(0);
    }

    @Test
    void anIssuerWarnsOfFraud() throws StripeException {
        PaymentIntent paid = paid("pm_card_createIssuerFraudRecord");
        EarlyFraudWarning warning = stripe.v1()
                .radar()
                .earlyFraudWarnings()
                .list(EarlyFraudWarningListParams.builder()
                        .setCharge(paid.getLatestCharge())
                        .build())
                .getData()
                .get(0);
        assertThat(warning.getActionable()).isTrue();
        refund(paid, 4200);
        assertThat(eventsOf(warning.getId()))
                .containsExactly("radar.early_fraud_warning.created", "radar.early_fraud_warning.updated");
    }

    @Test
    void aCardIsSetUpWithTheBuyersConsent() throws StripeException {
        Customer customer =
                stripe.v1().customers().create(CustomerCreateParams.builder().build());
        SetupIntent waiting = stripe.v1()
                .setupIntents()
                .create(SetupIntentCreateParams.builder()
                        .setCustomer(customer.getId())
                        .setPaymentMethod("pm_card_authenticationRequiredOnSetup")
                        .setReturnUrl("https://shop.example/back")
                        .setConfirm(true)
                        .build());
        assertThat(waiting.getStatus()).isEqualTo("requires_action");
        control("POST", "setup_intents/" + waiting.getId() + "/authenticate", "{'success': true}");
        SetupIntent done = stripe.v1().setupIntents().retrieve(waiting.getId());
        assertThat(done.getStatus()).isEqualTo("succeeded");
        assertThat(eventsOf(done.getId()))
                .containsExactly("setup_intent.created", "setup_intent.requires_action", "setup_intent.succeeded");
        PaymentIntent later = stripe.v1()
                .paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(900L)
                        .setCurrency("usd")
                        .setCustomer(customer.getId())
                        .setPaymentMethod(done.getPaymentMethod())
                        .setOffSession(true)
                        .setConfirm(true)
                        .build());
        assertThat(later.getStatus()).isEqualTo("succeeded");
    }

    @Test
    void aDeclinedCardIsNotSetUp() {
        CardException declined = refused(CardException.class, () -> stripe.v1()
                .setupIntents()
                .create(SetupIntentCreateParams.builder()
                        .setPaymentMethod("pm_card_visa_chargeDeclined")
                        .addPaymentMethodType("card")
                        .setConfirm(true)
                        .build()));
        assertThat(declined.getStripeError().getSetupIntent().getStatus()).isEqualTo("requires_payment_method");
    }

    @Test
    void aDefaultCardIsForgottenWithTheCard() throws StripeException {
        Customer customer = stripe.v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setPaymentMethod("pm_card_visa")
                        .build());
        PaymentMethod card = stripe.v1()
                .customers()
                .paymentMethods()
                .list(customer.getId())
                .getData()
                .get(0);
        stripe.v1()
                .customers()
                .update(
                        customer.getId(),
                        CustomerUpdateParams.builder()
                                .setInvoiceSettings(CustomerUpdateParams.InvoiceSettings.builder()
                                        .setDefaultPaymentMethod(card.getId())
                                        .build())
                                .build());
        PaymentMethod renewed = stripe.v1()
                .paymentMethods()
                .update(
                        card.getId(),
                        PaymentMethodUpdateParams.builder()
                                .setCard(PaymentMethodUpdateParams.Card.builder()
                                        .setExpMonth(12L)
                                        .setExpYear(2040L)
                                        .build())
                                .build());
        assertThat(renewed.getCard().getExpYear()).isEqualTo(2040);
        stripe.v1().paymentMethods().detach(card.getId());
        assertThat(stripe.v1()
                        .customers()
                        .retrieve(customer.getId())
                        .getInvoiceSettings()
                        .getDefaultPaymentMethod())
                .isNull();
        assertThat(stripe.v1().customers().delete(customer.getId()).getDeleted())
                .isTrue();
        assertThat(stripe.v1().customers().retrieve(customer.getId()).getDeleted())
                .isTrue();
        assertThat(eventsOf(customer.getId())).endsWith("customer.deleted");
    }

    @Test
    void theNetworkRenewsASavedCard() throws StripeException {
        Customer customer = stripe.v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setPaymentMethod("pm_card_mastercard")
                        .build());
        String card = stripe.v1()
                .customers()
                .paymentMethods()
                .list(customer.getId())
                .getData()
                .get(0)
                .getId();
        control("POST", "payment_methods/" + card + "/automatic_update", "{'exp_month': 11, 'exp_year': 2041}");
        assertThat(lastEvent(card, "payment_method.automatically_updated")
                        .at("/data/previous_attributes/card/exp_year")
                        .isMissingNode())
                .isFalse();
        assertThat(stripe.v1().paymentMethods().retrieve(card).getCard().getExpYear())
                .isEqualTo(2041);
    }

    @Test
    void aForeignDefaultCardIsRefused() throws StripeException {
        Customer customer =
                stripe.v1().customers().create(CustomerCreateParams.builder().build());
        assertThat(raw(
                                SECRET_KEY,
                                "POST",
                                "/v1/customers/" + customer.getId(),
                                "invoice_settings[default_payment_method]=pm_none")
                        .statusCode())
                .isEqualTo(400);
    }
}
