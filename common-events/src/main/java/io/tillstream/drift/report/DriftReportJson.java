package io.tillstream.drift.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.drift.DriftKind.Span;
import io.tillstream.drift.report.DriftDifference.Status;
import io.tillstream.drift.report.DriftReport.AskedBy;
import io.tillstream.drift.report.DriftReport.Phase;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A comparison with Stripe, as operators see it. */
@Schema(name = "DriftReport")
@JsonInclude(JsonInclude.Include.NON_NULL)
record DriftReportJson(
        UUID id,

        @Schema(example = "payments", description = "Whose copies are compared")
        String service,

        @Schema(example = "[\"payments\", \"refunds\"]") List<String> kinds,
        @AllowableValues(AskedBy.class) String askedBy,
        Instant from,
        Instant until,
        @AllowableValues(Progress.class) String status,
        ProgressJson progress,
        CountsJson differences,

        @Schema(
                example = "Stripe does not list: Refused[403, , null]",
                description = "Why the last step failed; it is made again unless the report is done")
        @Nullable
        String problem,

        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** How far it is. */
    enum Progress {
        /** Others come before it. */
        QUEUED,
        RUNNING,
        /** What differs is looked at again later. */
        WAITING,
        DONE,
        /** It ended before all was compared. */
        FAILED
    }

    /** For which time; both ends may be left out. */
    @Schema(name = "DriftReportRequest")
    record ReportRequest(
            @Schema(description = "48 hours before `until`, if none is given") @Nullable
            Instant from,

            @Schema(description = "Now, if none is given") @Nullable
            Instant until) {

        Span span(Instant now, Duration back) {
            Instant end = until == null ? now : until;
            Instant begin = from == null ? end.minus(back) : from;
            if (!begin.isBefore(end)) {
                throw Problem.invalid("from", "must be before until");
            }
            return new Span(begin, end);
        }
    }

    /** What it does now. */
    @Schema(name = "DriftReportProgress")
    record ProgressJson(
            @AllowableValues(Phase.class) String phase,
            @Schema(example = "refunds") String kind,

            @Schema(example = "1200", description = "Objects of either side")
            long compared,

            @Schema(example = "14", description = "Made to Stripe")
            long calls) {}

    /** How many differ. */
    @Schema(name = "DriftCounts")
    record CountsJson(
            @Schema(example = "0", description = "Seen once: an event may be on its way")
            long suspected,

            @Schema(example = "0", description = "Seen again later")
            long confirmed,

            @Schema(example = "0", description = "Gone after a repair")
            long repaired,

            @Schema(example = "0", description = "Gone by themselves")
            long settled) {}

    @Schema(name = "DriftDifference")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DifferenceJson(
            @Schema(example = "payments") String kind,

            @Schema(example = "0d9d9b74-8c0f-4d4e-8a1b-3f6f2f0b0a01") @Nullable
            String ourId,

            @Schema(example = "pi_3SbCdEfGhIjKlMnO") String stripeId,

            @Schema(example = "status", description = "By Stripe's name; `object`: one side has none")
            String field,

            @Schema(example = "processing", description = "None: nothing is known here") @Nullable
            String ours,

            @Schema(example = "succeeded", description = "None: Stripe has nothing") @Nullable
            String stripes,

            @AllowableValues(Status.class) String status,

            @Schema(example = "applied", description = "What became of the last repair") @Nullable
            String outcome,

            Instant foundAt,
            @Nullable Instant confirmedAt,
            @Nullable Instant resolvedAt) {

        static DifferenceJson of(DriftDifferences.Row row) {
            DriftDifference difference = row.difference();
            return new DifferenceJson(
                    difference.kind(),
                    difference.ourId(),
                    difference.stripeId(),
                    difference.field(),
                    difference.ours(),
                    difference.stripes(),
                    row.status().name().toLowerCase(Locale.ROOT),
                    row.outcome(),
                    row.foundAt(),
                    row.confirmedAt(),
                    row.resolvedAt());
        }
    }

    /** A report with a page of what differs. */
    @Schema(name = "DriftReportDetails")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record DetailsJson(
            DriftReportJson report,
            List<DifferenceJson> data,
            @Nullable String nextCursor) {

        static DetailsJson of(DriftReportJson report, List<DriftDifferences.Row> rows, Paging paging) {
            Page<DriftDifferences.Row> page =
                    Page.of(rows, paging, row -> new Cursor(row.foundAt(), Long.toString(row.id())));
            return new DetailsJson(
                    report, page.data().stream().map(DifferenceJson::of).toList(), page.nextCursor());
        }

        static long place(Cursor cursor) {
            try {
                return Long.parseLong(cursor.id());
            } catch (NumberFormatException e) {
                throw Problem.malformed("cursor", "is not one that was given out");
            }
        }
    }

    static DriftReportJson of(String service, List<String> kinds, DriftReport report, Map<Status, Long> counts) {
        return new DriftReportJson(
                report.id(),
                service,
                kinds,
                report.askedBy().text(),
                report.span().from(),
                report.span().until(),
                progress(report).name().toLowerCase(Locale.ROOT),
                new ProgressJson(
                        report.place().phase().text(), report.place().kind(), report.compared(), report.calls()),
                new CountsJson(
                        counts.getOrDefault(Status.SUSPECTED, 0L),
                        counts.getOrDefault(Status.CONFIRMED, 0L),
                        counts.getOrDefault(Status.REPAIRED, 0L),
                        counts.getOrDefault(Status.SETTLED, 0L)),
                report.problem(),
                report.times().createdAt(),
                report.times().startedAt(),
                report.times().finishedAt());
    }

    private static Progress progress(DriftReport report) {
        if (report.isDone()) {
            return report.problem() == null ? Progress.DONE : Progress.FAILED;
        }
        return report.times().startedAt() == null
                ? Progress.QUEUED
                : report.waits() ? Progress.WAITING : Progress.RUNNING;
    }
}
