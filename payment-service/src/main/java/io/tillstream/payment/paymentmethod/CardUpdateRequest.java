package io.tillstream.payment.paymentmethod;

import com.stripe.param.PaymentMethodUpdateParams;
import io.tillstream.payment.card.CardState;
import org.jspecify.annotations.Nullable;

/** What a user changes of a saved card. Billing details go to Stripe only; null stays as it is. */
record CardUpdateRequest(
        @Nullable Integer expMonth,
        @Nullable Integer expYear,
        @Nullable Billing billing) {

    /** Whose card it is, as the bank has it. Never printed. */
    record Billing(
            @Nullable String name,
            @Nullable String email,
            @Nullable String phone,
            @Nullable Place address) {
        @Override
        public String toString() {
            return "Billing[...]";
        }
    }

    record Place(
            @Nullable String line1,
            @Nullable String line2,
            @Nullable String city,
            @Nullable String state,
            @Nullable String postalCode,
            @Nullable String country) {
        @Override
        public String toString() {
            return "Place[...]";
        }
    }

    static CardUpdateRequest expiryOf(CardState.Face face) {
        return new CardUpdateRequest(face.expMonth(), face.expYear(), null);
    }

    boolean isEmpty() {
        return expMonth == null && expYear == null && billing == null;
    }

    PaymentMethodUpdateParams params() {
        var params = PaymentMethodUpdateParams.builder();
        if (expMonth != null && expYear != null) {
            params.setCard(PaymentMethodUpdateParams.Card.builder()
                    .setExpMonth(expMonth.longValue())
                    .setExpYear(expYear.longValue())
                    .build());
        }
        if (billing != null) {
            params.setBillingDetails(details(billing));
        }
        return params.build();
    }

    private static PaymentMethodUpdateParams.BillingDetails details(Billing billing) {
        var details = PaymentMethodUpdateParams.BillingDetails.builder();
        if (billing.name() != null) {
            details.setName(billing.name());
        }
        if (billing.email() != null) {
            details.setEmail(billing.email());
        }
        if (billing.phone() != null) {
            details.setPhone(billing.phone());
        }
        if (billing.address() != null) {
            details.setAddress(place(billing.address()));
        }
        return details.build();
    }

    private static PaymentMethodUpdateParams.BillingDetails.Address place(Place place) {
        var address = PaymentMethodUpdateParams.BillingDetails.Address.builder();
        if (place.line1() != null) {
            address.setLine1(place.line1());
        }
        if (place.line2() != null) {
            address.setLine2(place.line2());
        }
        if (place.city() != null) {
            address.setCity(place.city());
        }
        if (place.state() != null) {
            address.setState(place.state());
        }
        if (place.postalCode() != null) {
            address.setPostalCode(place.postalCode());
        }
        if (place.country() != null) {
            address.setCountry(place.country());
        }
        return address.build();
    }
}
