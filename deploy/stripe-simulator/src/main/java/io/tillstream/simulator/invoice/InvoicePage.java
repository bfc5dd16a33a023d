package io.tillstream.simulator.invoice;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.OwnCalls;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.checkout.PageForm;
import io.tillstream.simulator.page.Pages;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** {@code /i/…}: where a customer sees an invoice and pays it if it is open, and its PDF. */
@Configuration(proxyBeanMethods = false)
class InvoicePage {
    private final Timeline timeline;
    private final Invoices invoices;
    private final InvoiceLines lines;
    private final InvoicePayments payments;
    private final OwnCalls stripe;
    private final PublicAddress address;

    InvoicePage(
            Timeline timeline,
            Invoices invoices,
            InvoiceLines lines,
            InvoicePayments payments,
            OwnCalls stripe,
            PublicAddress address) {
        this.timeline = timeline;
        this.invoices = invoices;
        this.lines = lines;
        this.payments = payments;
        this.stripe = stripe;
        this.address = address;
    }

    /** An invoice that is not a draft any more, with its lines and what pays it. */
    private record Shown(ObjectNode invoice, List<ObjectNode> lines, ObjectNode intent) {}

    /** A refusal, or an address to go to. */
    private record Outcome(@Nullable String refusal, String goTo) {}

    @Bean
    RouterFunction<ServerResponse> invoicePageRoutes() {
        return RouterFunctions.route()
                .GET("/i/{invoice}", request -> show(id(request), null, Map.of()))
                .POST("/i/{invoice}", request -> request.formData().flatMap(form -> pay(id(request), form)))
                .GET("/i/{invoice}/return", request -> comeBack(id(request)))
                .GET("/i/{invoice}/pdf", request -> pdf(id(request)))
                .build();
    }

    private static String id(ServerRequest request) {
        return request.pathVariable("invoice");
    }

    private Mono<Optional<Shown>> read(String id) {
        return timeline.call(() -> invoices.store()
                .find(id)
                .filter(invoice -> !Json.is(invoice, "status", "draft"))
                .map(invoice ->
                        new Shown(invoice, lines.on(id), payments.intent(id).orElseGet(Json::object))));
    }

    private Mono<ServerResponse> show(String id, @Nullable String refusal, Map<String, String> typed) {
        return read(id).flatMap(found -> {
            if (found.isEmpty()) {
                return Pages.page(
                        404, "Not found", InvoiceHtml.notice("Something went wrong", "The page was not found.", ""));
            }
            ObjectNode invoice = found.get().invoice();
            ObjectNode intent = found.get().intent();
            if (Json.is(intent, "status", "processing")) {
                return Pages.page(
                        200,
                        "Invoice",
                        InvoiceHtml.notice("Payment is processing", "It can take days until it arrives.", ""));
            }
            if (Invoices.isPayable(invoice)) {
                String form = InvoiceHtml.form(invoice, intent, found.get().lines(), refusal, typed);
                return Pages.page(refusal == null ? 200 : 402, "Invoice", form);
            }
            return Pages.page(200, "Invoice", InvoiceHtml.closed(invoice));
        });
    }

    private Mono<ServerResponse> pay(String id, MultiValueMap<String, String> form) {
        Mono<Outcome> attempt = timeline.call(() -> attempt(id, form));
        return Mono.fromFuture(attempt::toFuture, true) // whoever closes the page does not undo their payment
                .flatMap(outcome -> outcome.refusal() == null
                        ? Pages.goOn(outcome.goTo())
                        : show(id, outcome.refusal(), form.toSingleValueMap()));
    }

    private Outcome attempt(String id, MultiValueMap<String, String> form) {
        String page = address.of("/i/" + id);
        Optional<ObjectNode> intent = payments.intent(id);
        boolean payable = invoices.store().find(id).filter(Invoices::isPayable).isPresent();
        if (intent.isEmpty() || !payable) {
            return new Outcome(null, page);
        }
        try {
            ObjectNode method = stripe.post("/v1/payment_methods", PageForm.paymentMethod(form));
            Map<String, String> how =
                    Map.of("payment_method", Json.textOf(method, "id"), "return_url", page + "/return");
            ObjectNode confirmed = stripe.post(
                    "/v1/payment_intents/" + Json.textOf(intent.get(), "id") + "/confirm", PageForm.accepted(how));
            String bank = Json.text(confirmed, "next_action.redirect_to_url.url");
            return new Outcome(null, bank == null ? page : bank);
        } catch (StripeError refused) {
            return new Outcome(
                    Objects.requireNonNullElse(
                            Json.text(refused.error(), "message"), "Your payment could not be taken."),
                    page);
        }
    }

    /** From the authentication: paid, or to be tried again. */
    private Mono<ServerResponse> comeBack(String id) {
        return timeline.call(() -> payments.intent(id)
                        .map(intent -> Objects.requireNonNullElse(Json.text(intent, "last_payment_error.message"), ""))
                        .orElse(""))
                .flatMap(refusal ->
                        refusal.isEmpty() ? Pages.goOn(address.of("/i/" + id)) : show(id, refusal, Map.of()));
    }

    private Mono<ServerResponse> pdf(String id) {
        return read(id).flatMap(found -> found.isEmpty()
                ? ServerResponse.notFound().build()
                : ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_PDF)
                        .header(
                                "Content-Disposition",
                                "inline; filename=\"Invoice-"
                                        + Json.text(found.get().invoice(), "number") + ".pdf\"")
                        .bodyValue(
                                InvoicePdf.of(found.get().invoice(), found.get().lines())));
    }
}
