package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Card;
import com.stripe.model.Charge;
import com.stripe.model.Customer;
import com.stripe.model.Dispute;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.param.ChargeCaptureParams;
import com.stripe.param.ChargeCreateParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerPaymentSourceCreateParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.DisputeListParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.RefundCreateParams;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The older API: charges, and cards by their tokens (docs.stripe.com/api/charges/create, docs.stripe.com/api/cards). */
class SourcesTest extends RunningSimulator {
    private Customer customer(String token) throws StripeException {
        return stripe.v1()
                .customers()
                .create(CustomerCreateParams.builder().setSource(token).build());
    }

    private static ChargeCreateParams.Builder charge() {
        return ChargeCreateParams.builder().setAmount(1250L).setCurrency("usd");
    }

    private Charge create(ChargeCreateParams.Builder params) throws StripeException {
        return stripe.v1().charges().create(params.build());
    }

    @Test
    void aTokenIsChargedOnce() throws StripeException {
        Charge charge = create(charge().setSource("tok_visa").setDescription("Tea"));
        assertThat(charge.getPaid()).isTrue();
        assertThat(charge.getPaymentIntent()).isNull();
        assertThat(charge.getSource().getId()).startsWith("card_").isEqualTo(charge.getPaymentMethod());
        assertThat(eventsOf(charge.getId())).contains("charge.succeeded");
        stripe.v1()
                .refunds()
                .create(RefundCreateParams.builder().setCharge(charge.getId()).build());
        assertThat(stripe.v1().charges().retrieve(charge.getId()).getRefunded()).isTrue();
    }

    @Test
    void aDeclinedTokenLeavesAFailedCharge() {
        CardException declined = refused(CardException.class, () -> create(charge().setSource("tok_chargeDeclined")));
        assertThat(declined.getDeclineCode()).isEqualTo("generic_decline");
        assertThat(eventsOf(declined.getCharge())).containsExactly("charge.failed");
    }

    @Test
    void aCustomersDefaultCardIsCharged() throws StripeException {
        Customer customer = customer("tok_mastercard");
        Charge charge = create(charge().setCustomer(customer.getId()));
        assertThat(charge.getPaymentMethod()).isEqualTo(customer.getDefaultSource());
        Customer none = stripe.v1().customers().create();
        assertThat(refused(CardException.class, () -> create(charge().setCustomer(none.getId())))
                        .getCode())
                .isEqualTo("missing");
    }

    @Test
    void somebodyElsesCardIsRefused() throws StripeException {
        Customer other = customer("tok_visa");
        Customer customer = customer("tok_visa");
        assertThat(refused(
                                InvalidRequestException.class,
                                () -> create(
                                        charge().setCustomer(customer.getId()).setSource(other.getDefaultSource())))
                        .getParam())
                .isEqualTo("source");
    }

    @Test
    void whatIsSetAsideIsCapturedOnce() throws StripeException {
        Charge held = create(charge().setSource("tok_visa").setCapture(false));
        assertThat(held.getCaptured()).isFalse();
        Charge taken = stripe.v1()
                .charges()
                .capture(
                        held.getId(),
                        ChargeCaptureParams.builder().setAmount(1000L).build());
        assertThat(taken.getAmountCaptured()).isEqualTo(1000);
        assertThat(refused(
                                InvalidRequestException.class,
                                () -> stripe.v1().charges().capture(held.getId()))
                        .getCode())
                .isEqualTo("charge_already_captured");
    }

    @Test
    void aCustomersCardsAreListedAndTheNextOneIsTheDefaultWhenOneGoes() throws StripeException {
        Customer customer = customer("tok_visa");
        Card second = (Card) stripe.v1()
                .customers()
                .paymentSources()
                .create(
                        customer.getId(),
                        CustomerPaymentSourceCreateParams.builder()
                                .setSource("tok_amex")
                                .putMetadata("use", "travel")
                                .build());
        assertThat(second.getBrand()).isEqualTo("American Express");
        assertThat(second.getMetadata()).containsEntry("use", "travel");
        assertThat(stripe.v1()
                        .customers()
                        .paymentSources()
                        .list(customer.getId())
                        .getData())
                .hasSize(2);
        PaymentMethod same = stripe.v1().paymentMethods().retrieve(second.getId());
        assertThat(same.getCard().getBrand()).isEqualTo("amex");
        assertThat(raw(
                                SECRET_KEY,
                                "DELETE",
                                "/v1/customers/" + customer.getId() + "/sources/" + customer.getDefaultSource(),
                                "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(stripe.v1().customers().retrieve(customer.getId()).getDefaultSource())
                .isEqualTo(second.getId());
        assertThat(eventsOf(second.getId())).contains("customer.source.created");
    }

    @Test
    void aNewSourceTakesThePlaceOfTheDefault() throws StripeException {
        Customer customer = customer("tok_visa");
        Customer changed = stripe.v1()
                .customers()
                .update(
                        customer.getId(),
                        CustomerUpdateParams.builder()
                                .setSource("tok_mastercard")
                                .build());
        assertThat(changed.getDefaultSource()).isNotEqualTo(customer.getDefaultSource());
        assertThat(stripe.v1()
                        .customers()
                        .paymentSources()
                        .list(customer.getId())
                        .getData())
                .hasSize(1);
    }

    /** docs.stripe.com/testing#disputes: the charge succeeds, only to be disputed. The command line reads the list at once. */
    @Test
    void aDisputedPaymentIsInTheListAtOnce() throws StripeException {
        PaymentIntent intent = stripe.v1()
                .paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(1000L)
                        .setCurrency("usd")
                        .addPaymentMethodType("card")
                        .setPaymentMethod("pm_card_createDispute")
                        .setConfirm(true)
                        .build());
        List<Dispute> disputes = stripe.v1()
                .disputes()
                .list(DisputeListParams.builder()
                        .setPaymentIntent(intent.getId())
                        .build())
                .getData();
        assertThat(disputes).extracting(Dispute::getCharge).containsExactly(intent.getLatestCharge());
        assertThat(eventsOf(intent.getId())).endsWith("payment_intent.succeeded");
    }
}
