package io.tillstream.web.docs;

import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.List;

/** The form of every refusal. One may say more; what several say is named here. */
final class ProblemSchema {

    static final String NAME = "Problem";

    private ProblemSchema() {}

    static Schema<?> made() {
        Schema<Object> field = new ObjectSchema();
        field.addProperty("field", new StringSchema().example("items[0].quantity"));
        field.addProperty("message", new StringSchema().example("must be at least 1"));
        field.required(List.of("field", "message"));
        Schema<Object> failure = new ObjectSchema();
        failure.description("Why a payment was refused; `code` and `declineCode` are Stripe's.");
        failure.addProperty("code", new StringSchema().example("card_declined"));
        failure.addProperty("declineCode", new StringSchema().example("insufficient_funds"));
        failure.addProperty("message", new StringSchema().example("The card has too little money on it."));
        failure.addProperty("retryable", new BooleanSchema());
        failure.required(List.of("code", "retryable"));
        Schema<Object> problem = new ObjectSchema();
        problem.description("RFC 9457; `code` is stable, `errors` names the fields that are wrong.");
        problem.addProperty("type", new StringSchema().example("urn:tillstream:problem:validation-failed"));
        problem.addProperty("title", new StringSchema().example("Validation failed"));
        problem.addProperty("status", new IntegerSchema().example(422));
        problem.addProperty("code", new StringSchema().example("validation-failed"));
        problem.addProperty("detail", new StringSchema().example("Some fields are not valid."));
        problem.addProperty("requestId", new StringSchema());
        problem.addProperty("errors", new ArraySchema().items(field));
        problem.addProperty("failure", failure);
        problem.addProperty("orderId", new StringSchema().format("uuid").description("The order that stays open."));
        problem.addProperty(
                "subscriptionId", new StringSchema().format("uuid").description("The subscription that it is about."));
        problem.required(List.of("type", "title", "status", "code", "detail", "requestId"));
        return problem;
    }
}
