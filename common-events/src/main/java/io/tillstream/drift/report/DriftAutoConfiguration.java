package io.tillstream.drift.report;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.RefetchedEvents;
import io.tillstream.delivery.Transactions;
import io.tillstream.drift.DriftKind;
import io.tillstream.drift.DriftRows;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.r2dbc.core.DatabaseClient;

/** Comparison with Stripe, for every service that has a {@link DriftKind}; its migrations are in {@code db/drift}. */
@AutoConfiguration(afterName = "io.tillstream.delivery.DeliveryAutoConfiguration")
@ConditionalOnBean(DriftKind.class)
@EnableConfigurationProperties(DriftSettings.class)
class DriftAutoConfiguration {

    @Bean
    DriftRows driftRows(DatabaseClient database) {
        return new DriftRows(database);
    }

    @Bean
    DriftReports driftReports(DatabaseClient database, DriftSettings settings) {
        return new DriftReports(database, settings.lease());
    }

    @Bean
    DriftDifferences driftDifferences(DatabaseClient database) {
        return new DriftDifferences(database);
    }

    @Bean
    DriftJob driftJob(
            List<DriftKind> kinds,
            DriftReports reports,
            DriftDifferences differences,
            RefetchedEvents events,
            Transactions transactions,
            DriftSettings settings) {
        return new DriftJob(kinds, reports, differences, events, transactions, settings.confirmAfter());
    }

    @Bean
    DriftSweep driftSweep(
            List<DriftKind> kinds,
            DriftJob job,
            DriftReports reports,
            Transactions transactions,
            DriftSettings settings) {
        return new DriftSweep(kinds, job, reports, transactions, settings);
    }

    @Bean
    DriftMeasurement driftMeasurement(
            List<DriftKind> kinds,
            DriftReports reports,
            DriftDifferences differences,
            DriftSettings settings,
            MeterRegistry meters) {
        return new DriftMeasurement(kinds, reports, differences, settings.lookEvery(), meters);
    }

    @Bean
    DriftReportController driftReportController(
            List<DriftKind> kinds,
            DriftReports reports,
            DriftDifferences differences,
            Transactions transactions,
            DriftSettings settings,
            Environment environment) {
        String service = environment.getProperty("spring.application.name", "").replaceFirst("-service$", "s");
        return new DriftReportController(
                service,
                kinds.stream().map(DriftKind::name).toList(),
                reports,
                differences,
                transactions,
                settings.back());
    }
}
