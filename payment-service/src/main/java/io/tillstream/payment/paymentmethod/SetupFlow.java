package io.tillstream.payment.paymentmethod;

import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.customer.CustomerDeletionInProgressException;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.customer.StripeTimeLimiter;
import io.tillstream.payment.paymentmethod.StripeSetups.Pages;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A card is added on a page, with 3-D Secure where the bank wants it; the events tell how it ended. */
@Component
class SetupFlow {

    private final CustomerFacade customers;
    private final StripeSetups stripe;

    SetupFlow(CustomerFacade customers, StripeSetups stripe) {
        this.customers = customers;
        this.stripe = stripe;
    }

    Mono<SetupJson.Intent> intent(String userId, UUID request) {
        return StripeTimeLimiter.on(asked(userId, customer -> stripe.intent(request, userId, customer), true)
                .map(made -> new SetupJson.Intent(text(made, "id"), text(made, "client_secret"))));
    }

    Mono<SetupJson.Session> session(String userId, UUID request, Pages pages) {
        return StripeTimeLimiter.on(asked(userId, customer -> stripe.session(request, userId, customer, pages), true)
                .map(made -> new SetupJson.Session(
                        text(made, "id"),
                        StripeJson.text(made, "url"),
                        pages.embedded() ? StripeJson.text(made, "client_secret") : null)));
    }

    private Mono<JsonNode> asked(String userId, Function<String, Mono<StripeResult<JsonNode>>> call, boolean again) {
        return CustomerDeletionInProgressException.told(customers.stripeCustomerOf(userId))
                .flatMap(customer -> call.apply(customer)
                        .flatMap(answer -> answer.fold(
                                Mono::just,
                                no -> Mono.error(StripeProblems.declined(no)),
                                no -> no.missing("customer") && again
                                        ? customers.missing(customer).then(asked(userId, call, false))
                                        : Mono.error(CardRefusals.refused(no)))));
    }

    private static String text(JsonNode node, String field) {
        String text = StripeJson.text(node, field);
        if (text == null) {
            throw new IllegalStateException("Stripe's answer lacks " + field);
        }
        return text;
    }
}
