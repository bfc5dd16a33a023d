package io.tillstream.payment.customer;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one Customer object of Stripe says.
 *
 * @param owner the user it was made for, by its metadata; null for a customer of another system
 * @see <a href="https://docs.stripe.com/api/customers/object">Stripe: the Customer object</a>
 */
record CustomerState(
        String id,
        boolean deleted,
        CustomerDetails details,
        @Nullable String defaultCard,
        @Nullable Owner owner) {

    /** Our marks in the metadata. */
    record Owner(String userId, String environment, int generation) {}

    static CustomerState read(JsonNode customer) {
        String id = StripeJson.text(customer, "id");
        if (id == null) {
            throw new UnreadableEvent("Customer without id");
        }
        JsonNode deleted = customer.get("deleted");
        return new CustomerState(
                id,
                deleted != null && deleted.asBoolean(),
                new CustomerDetails(
                        StripeJson.text(customer, "email"),
                        StripeJson.text(customer, "name"),
                        Address.read(customer.get("address"))),
                StripeJson.id(customer.get("invoice_settings"), "default_payment_method"),
                owner(customer));
    }

    private static @Nullable Owner owner(JsonNode customer) {
        String userId = StripeJson.metadata(customer, StripeCustomers.USER_ID);
        String environment = StripeJson.metadata(customer, StripeCustomers.ENVIRONMENT);
        String generation = StripeJson.metadata(customer, StripeCustomers.GENERATION);
        if (userId == null || environment == null || generation == null || !generation.matches("\\d{1,9}")) {
            return null;
        }
        return new Owner(userId, environment, Integer.parseInt(generation));
    }
}
