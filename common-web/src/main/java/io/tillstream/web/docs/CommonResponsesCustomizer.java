package io.tillstream.web.docs;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Paging;
import java.lang.annotation.Annotation;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/** Adds to each operation what every operation of its kind can be answered with, and the parameters it shares. */
final class CommonResponsesCustomizer implements GlobalOperationCustomizer {

    private static final String[] CATALOG = {"/api/products", "/api/plans"}; // open to read, operators' to change
    private static final String[] OPEN = {"/api/config", "/api/products", "/api/plans", "/webhooks"};

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        if (operation.getResponses() == null) {
            operation.setResponses(new ApiResponses());
        }
        ApiResponses answers = operation.getResponses();
        Idempotent idempotent = handler.getMethodAnnotation(Idempotent.class);
        boolean reads = handler.hasMethodAnnotation(GetMapping.class);
        if (!isOpen(handler, reads)) {
            operation.setSecurity(List.of(security(handler, reads)));
            add(answers, "401", "No token, or not a valid one.");
            add(answers, "403", "The token does not allow this.");
        } else {
            add(answers, "401", "None is needed, but a token that is sent has to be a valid one.");
        }
        add(
                answers,
                "400",
                idempotent == null
                        ? "The request cannot be read, or has parameters that are not known (`malformed-request`)."
                        : "The request cannot be read (`malformed-request`), or its Idempotency-Key is missing or not valid.");
        add(answers, "422", "Some values are not valid (`validation-failed`), or a card number was sent.");
        if (hasAny(handler, PathVariable.class)) {
            add(answers, "404", "Not there, or not yours.");
        }
        if (hasAny(handler, RequestBody.class)) {
            add(answers, "408", "The body came too slowly.");
            add(answers, "413", "The body is over 64 KiB.");
            add(answers, "415", "The body is not JSON in UTF-8.");
        }
        if (idempotent != null) {
            operation.addParametersItem(keyParameter(idempotent));
            add(answers, "409", "The key's first request still runs, or the thing's state does not allow this.");
        }
        if (has(handler, Paging.class)) {
            operation.addParametersItem(query("limit", limit()));
            operation.addParametersItem(query("cursor", new StringSchema().maxLength(Cursor.LONGEST)));
        }
        add(
                answers,
                "429",
                path(handler).endsWith("/settlement")
                        ? "Too many requests; or too many that wait, of this user, of this address or in all."
                        : "Too many requests.");
        add(answers, "503", "Something needed does not answer now; nothing is half done.");
        add(answers, ApiResponses.DEFAULT, "Any other refusal, in the same form.");
        // Also those that a controller names itself: springdoc gives them the type of its success.
        List.copyOf(answers.keySet()).stream()
                .filter(status -> status.startsWith("4") || status.startsWith("5"))
                .forEach(status -> add(answers, status, ""));
        return operation;
    }

    private static SecurityRequirement security(HandlerMethod handler, boolean reads) {
        String path = path(handler);
        boolean catalog = Arrays.stream(CATALOG).anyMatch(path::startsWith) && !reads;
        boolean operators = catalog || path.startsWith("/api/admin/") || path.endsWith("/refunds");
        return operators
                ? new SecurityRequirement().addList(DocsAutoConfiguration.TOKEN, Caller.OPERATOR)
                : new SecurityRequirement().addList(DocsAutoConfiguration.TOKEN);
    }

    private static String path(HandlerMethod handler) {
        RequestMapping type = AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), RequestMapping.class);
        RequestMapping method = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
        return first(type) + first(method);
    }

    private static boolean hasAny(HandlerMethod handler, Class<? extends Annotation> annotation) {
        return Arrays.stream(handler.getMethodParameters()).anyMatch(one -> one.hasParameterAnnotation(annotation));
    }

    private static boolean isOpen(HandlerMethod handler, boolean reads) {
        String path = path(handler);
        return Arrays.stream(OPEN).anyMatch(open -> path.startsWith(open) && (reads || open.equals("/webhooks")));
    }

    private static String first(@Nullable RequestMapping mapping) {
        return mapping == null || mapping.path().length == 0 ? "" : mapping.path()[0];
    }

    private static boolean has(HandlerMethod handler, Class<?> type) {
        return Arrays.stream(handler.getMethodParameters()).anyMatch(p -> p.getParameterType() == type);
    }

    private static void add(ApiResponses answers, String status, String description) {
        ApiResponse known = answers.get(status);
        ApiResponse answer = known == null ? new ApiResponse().description(description) : known;
        if (answer.getDescription() == null) {
            answer.setDescription(description);
        }
        answer.setContent(new Content()
                .addMediaType(
                        "application/problem+json",
                        new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + ProblemSchema.NAME))));
        if (status.equals("429") || status.equals("503")) {
            answer.addHeaderObject(
                    "Retry-After", new Header().description("Seconds.").schema(new IntegerSchema()));
        }
        answers.addApiResponse(status, answer);
    }

    private static Parameter keyParameter(Idempotent rule) {
        return new Parameter()
                .in("header")
                .name("Idempotency-Key")
                .required(rule.required())
                .description(
                        rule.keepsAnswer()
                                ? "The same key with the same body gives the same answer again, for 24 hours at least."
                                : "No answer is kept: the same key with the same body is run anew, and finds what was done.")
                .schema(new StringSchema().minLength(1).maxLength(255));
    }

    private static Schema<?> limit() {
        IntegerSchema limit = new IntegerSchema();
        limit.setMinimum(BigDecimal.ONE);
        limit.setMaximum(BigDecimal.valueOf(Paging.MAX_LIMIT));
        limit.setDefault(Paging.DEFAULT_LIMIT);
        return limit;
    }

    private static Parameter query(String name, Schema<?> schema) {
        return new Parameter().in("query").name(name).required(false).schema(schema);
    }
}
