package io.tillstream.drift.report;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedEvents;
import io.tillstream.delivery.Transactions;
import io.tillstream.drift.DriftKind;
import io.tillstream.drift.DriftKind.ListPage;
import io.tillstream.drift.report.DriftDifferences.Found;
import io.tillstream.drift.report.DriftReport.Phase;
import io.tillstream.drift.report.DriftReport.Place;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Makes a report, step by step. Each asks Stripe once at most, outside any transaction, and keeps what it found together with its
 * place: whoever goes on after a crash repeats one question.
 */
final class DriftJob {

    private static final Logger LOG = LoggerFactory.getLogger(DriftJob.class);

    private static final String GONE = "Stripe has no such object: a person has to decide";

    /** Ids that are read together of what was in no list; each is a call to Stripe, so a few seconds old at most. */
    private static final int READ_AHEAD = 100;

    private final List<DriftKind> kinds;
    private final DriftReports reports;
    private final DriftDifferences differences;
    private final RefetchedEvents events;
    private final Transactions transactions;
    private final Duration confirmAfter;
    private volatile Ahead ahead = new Ahead("", List.of());

    DriftJob(
            List<DriftKind> kinds,
            DriftReports reports,
            DriftDifferences differences,
            RefetchedEvents events,
            Transactions transactions,
            Duration confirmAfter) {
        this.kinds = List.copyOf(kinds);
        this.reports = reports;
        this.differences = differences;
        this.events = events;
        this.transactions = transactions;
        this.confirmAfter = confirmAfter;
    }

    /** What comes next in a place of a report. */
    private record Ahead(String place, List<String> ids) {}

    /** The report after its next step. */
    Mono<DriftReport> step(DriftReport report) {
        return switch (report.place().phase()) {
            case LIST -> list(report);
            case UNSEEN -> unseen(report);
            case CONFIRM -> confirm(report);
            case REPAIR -> repair(report);
            case DONE -> Mono.just(report);
        };
    }

    private Mono<DriftReport> list(DriftReport report) {
        Place place = report.place();
        DriftKind kind = kind(place.kind());
        if (place.list() >= kind.lists().size()) {
            return save(report.at(place.in(Phase.UNSEEN), 0, 0));
        }
        return kind.list(kind.lists().get(place.list()), report.span(), place.after())
                .flatMap(page -> DriftComparison.page(kind, page.objects())
                        .flatMap(found -> transactions.run(reports.addSeen(
                                        report.id(),
                                        page.objects().stream()
                                                .map(DriftComparison::id)
                                                .toList())
                                .then(differences.add(report, found))
                                .then(reports.save(after(report, page), Duration.ZERO)))));
    }

    private static DriftReport after(DriftReport report, ListPage page) {
        Place place = report.place();
        String next = page.next();
        return report.at(
                next == null ? place.nextList() : place.after(next),
                page.objects().size(),
                page.calls());
    }

    private Mono<DriftReport> unseen(DriftReport report) {
        Place place = report.place();
        DriftKind kind = kind(place.kind());
        Ahead known = ahead;
        Mono<List<String>> next =
                known.place().equals(name(report, place)) && !known.ids().isEmpty()
                        ? Mono.just(known.ids())
                        : kind.unseen(report.id(), report.span(), place.after(), READ_AHEAD)
                                .collectList();
        return next.flatMap(ids -> ids.isEmpty() ? nextKind(report) : unseen(report, kind, ids));
    }

    private Mono<DriftReport> unseen(DriftReport report, DriftKind kind, List<String> ids) {
        Place after = report.place().after(ids.get(0));
        return DriftComparison.one(kind, ids.get(0))
                .flatMap(found -> transactions.run(
                        differences.add(report, found).then(reports.save(report.at(after, 1, 1), Duration.ZERO))))
                .doOnNext(saved -> ahead = new Ahead(name(report, after), ids.subList(1, ids.size())));
    }

    private static String name(DriftReport report, Place place) {
        return report.id() + " " + place;
    }

    /** A step of it fails in a way that does not pass: what it is at is left out, and it goes on with the rest. */
    Mono<DriftReport> leaveOut(DriftReport report, String why) {
        Place place = report.place();
        DriftReport left = report.leavingOut(place.kind() + ": " + why);
        boolean others = place.phase() == Phase.LIST || place.phase() == Phase.UNSEEN;
        return others && find(place.kind()).isPresent() ? nextKind(left) : save(left.at(place.in(Phase.DONE), 0, 0));
    }

    private Mono<DriftReport> nextKind(DriftReport report) {
        int next = kinds.indexOf(kind(report.place().kind())) + 1;
        Mono<DriftReport> saved = next < kinds.size()
                ? reports.save(report.at(new Place(Phase.LIST, kinds.get(next).name(), 0, null), 0, 0), Duration.ZERO)
                : differences
                        .unchecked(report.look())
                        .hasElement()
                        .flatMap(differs -> reports.save(
                                report.at(report.place().in(differs ? Phase.CONFIRM : Phase.DONE), 0, 0),
                                differs ? confirmAfter : Duration.ZERO));
        return transactions.run(reports.forgetSeen(report.id()).then(saved));
    }

    private Mono<DriftReport> confirm(DriftReport report) {
        return differences
                .unchecked(report.look())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(object -> object.map(found -> confirm(report, found)).orElseGet(() -> {
                    LOG.info(
                            "Drift report {} is done: {} objects, {} calls",
                            report.id(),
                            report.compared(),
                            report.calls());
                    return save(report.at(report.place().in(Phase.DONE), 0, 0));
                }));
    }

    private Mono<DriftReport> confirm(DriftReport report, Found object) {
        Mono<List<DriftDifference>> now = find(object.kind())
                .map(kind -> DriftComparison.one(kind, object.stripeId()))
                .orElse(Mono.just(List.of()));
        return now.map(found -> differences.checked(report, object, found))
                .onErrorResume(
                        DriftJob::lasts,
                        fault -> Mono.just(differences.passOver(report, object, "not compared: " + fault)))
                .flatMap(kept ->
                        transactions.run(kept.then(reports.save(report.at(report.place(), 0, 1), Duration.ZERO))));
    }

    private static boolean lasts(Throwable fault) {
        return !RefetchedEvents.passes(fault);
    }

    private Mono<DriftReport> repair(DriftReport report) {
        return differences
                .toRepair(report)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(object -> object.map(found -> repair(report, found))
                        .orElseGet(() -> save(report.at(report.place().in(Phase.CONFIRM), 0, 0))));
    }

    private Mono<DriftReport> repair(DriftReport report, Found object) {
        DriftKind kind = kind(object.kind());
        return kind.retrieve(object.stripeId())
                .flatMap(read -> takeIn(report, kind, object, read))
                .defaultIfEmpty(GONE)
                .onErrorResume(
                        DriftJob::lasts, fault -> Mono.just("not applied: " + fault)) // the others are not to wait
                .flatMap(outcome -> {
                    LOG.info("Repair of {} by drift report {}: {}", object.stripeId(), report.id(), outcome);
                    return transactions.run(differences
                            .repaired(report, object, outcome)
                            .then(reports.save(report.at(report.place(), 0, 1), Duration.ZERO)));
                });
    }

    /** The cause that histories name: which report, and of it which repair. */
    private Mono<String> takeIn(DriftReport report, DriftKind kind, Found object, JsonNode read) {
        String cause = "drift_" + report.id() + "." + report.round() + "." + object.stripeId();
        return Flux.fromIterable(kind.updates(read))
                .concatMap(
                        update -> events.apply(cause + "." + update.eventType(), update.eventType(), update.object()))
                .map(DriftJob::told)
                .reduce((first, second) -> first.startsWith("applied") ? first : second);
    }

    private static String told(EventOutcome outcome) {
        if (outcome instanceof EventOutcome.Applied) {
            return "applied";
        }
        return outcome instanceof EventOutcome.Ignored ignored
                ? "ignored: " + ignored.why()
                : outcome instanceof EventOutcome.Parked parked
                        ? "not applied: it waits for " + parked.key()
                        : "not applied: it changes while it is read";
    }

    private Mono<DriftReport> save(DriftReport report) {
        return transactions.statement(reports.save(report, Duration.ZERO));
    }

    /** One that a former release had fails, and the report ends. */
    private DriftKind kind(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException("nothing is compared that is called " + name));
    }

    private Optional<DriftKind> find(String name) {
        return kinds.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }
}
