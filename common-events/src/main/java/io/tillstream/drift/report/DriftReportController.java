package io.tillstream.drift.report;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.delivery.Transactions;
import io.tillstream.drift.report.DriftReportJson.DetailsJson;
import io.tillstream.drift.report.DriftReportJson.ReportRequest;
import io.tillstream.web.Cursor;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Comparisons with Stripe, for operators. Two services have copies of Stripe's objects, each its own reports under one path: the
 * gateway asks the one that {@code service} names.
 */
@RestController
@RequestMapping("/api/admin/drift-reports")
@Tag(name = "Operators")
class DriftReportController {

    private static final String PAYMENTS = "payments";

    private final String own;
    private final List<String> kinds;
    private final DriftReports reports;
    private final DriftDifferences differences;
    private final Transactions transactions;
    private final Duration back;

    DriftReportController(
            String own,
            List<String> kinds,
            DriftReports reports,
            DriftDifferences differences,
            Transactions transactions,
            Duration back) {
        this.own = own;
        this.kinds = kinds;
        this.reports = reports;
        this.differences = differences;
        this.transactions = transactions;
        this.back = back;
    }

    /** Who has copies of Stripe's objects. */
    enum Service {
        PAYMENTS,
        SUBSCRIPTIONS
    }

    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Idempotent(required = false)
    @Operation(
            operationId = "createDriftReport",
            summary = "Compares what is known here with what Stripe has (operators)",
            description =
                    "A job: `payments` compares payments, refunds, disputes, customers and cards, `subscriptions` plans,"
                            + " subscriptions and invoices. What differs is looked at again some time later, and only then confirmed.")
    Mono<DriftReportJson> ask(
            @Parameter(example = PAYMENTS) @RequestParam(defaultValue = PAYMENTS) @AllowableValues(Service.class)
                    String service,
            @RequestBody ReportRequest request) {
        check(service);
        return transactions
                .statement(reports.ask(UUID.randomUUID(), request.span(Instant.now(), back), kinds.get(0)))
                .switchIfEmpty(Mono.error(() -> Problem.conflict(
                        "too-many-drift-reports", "Ten reports wait already; they are made one after the other.")))
                .flatMap(this::shown);
    }

    @GetMapping
    @Operation(
            operationId = "listDriftReports",
            summary = "Comparisons with Stripe, the newest first (operators)",
            description = "Those that run by themselves, and those that were asked for.")
    Mono<Page<DriftReportJson>> list(
            @Parameter(example = PAYMENTS) @RequestParam(defaultValue = PAYMENTS) @AllowableValues(Service.class)
                    String service,
            @Parameter(hidden = true) Paging paging) {
        check(service);
        Cursor after = paging.after();
        return reports.page(
                        after == null ? null : after.createdAt(),
                        after == null ? null : after.id(),
                        paging.rowsToRead())
                .concatMap(this::shown)
                .collectList()
                .map(rows -> Page.of(
                        rows,
                        paging,
                        one -> new Cursor(one.createdAt(), one.id().toString())));
    }

    @GetMapping("/{id}")
    @Operation(
            operationId = "getDriftReport",
            summary = "One comparison with Stripe, and what differs (operators)",
            description = "`differences` are paged by `limit` and `cursor`.")
    Mono<DetailsJson> one(
            @PathVariable UUID id,
            @Parameter(example = PAYMENTS) @RequestParam(defaultValue = PAYMENTS) @AllowableValues(Service.class)
                    String service,
            @Parameter(hidden = true) Paging paging) {
        check(service);
        Cursor after = paging.after();
        return found(id)
                .flatMap(report -> Mono.zip(
                        shown(report),
                        differences
                                .page(id, after == null ? 0 : DetailsJson.place(after), paging.rowsToRead())
                                .collectList(),
                        (shown, rows) -> DetailsJson.of(shown, rows, paging)));
    }

    @PostMapping("/{id}/repair")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Idempotent(required = false)
    @Operation(
            operationId = "repairDrift",
            summary = "Takes in what differs as Stripe has it (operators)",
            description =
                    "By the rules of events, each difference that is confirmed; histories and timelines name the report as"
                            + " the cause. Then it is compared once more: what is the same now is `repaired`.")
    Mono<DriftReportJson> repair(
            @PathVariable UUID id,
            @Parameter(example = PAYMENTS) @RequestParam(defaultValue = PAYMENTS) @AllowableValues(Service.class)
                    String service) {
        check(service);
        return transactions
                .statement(reports.repair(id))
                .switchIfEmpty(Mono.defer(() -> found(id)
                        .flatMap(running -> Mono.error(Problem.conflict(
                                "drift-report-running", "The report is not done yet; it can be repaired then.")))))
                .flatMap(this::shown);
    }

    private Mono<DriftReport> found(UUID id) {
        return reports.find(id).switchIfEmpty(Mono.error(Problem::notFound));
    }

    private Mono<DriftReportJson> shown(DriftReport report) {
        return differences.counts(report.id()).map(counts -> DriftReportJson.of(own, kinds, report, counts));
    }

    private void check(String service) {
        if (!service.equals(own)) {
            throw Problem.invalid("service", "is none that has copies of Stripe's objects");
        }
    }
}
