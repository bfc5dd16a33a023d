package io.tillstream.migration;

import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;

/** Every service that has tables makes them under {@link MigrationLock}. */
@AutoConfiguration(before = FlywayAutoConfiguration.class)
@ConditionalOnClass({Flyway.class, FlywayMigrationStrategy.class})
class MigrationAutoConfiguration {

    @Bean
    FlywayMigrationStrategy oneAtATime() {
        return flyway -> new MigrationLock(flyway.getConfiguration().getDataSource()).during(() -> migrate(flyway));
    }

    /**
     * An instance of the release before starts, or is gone back to, on what a newer one has made. Flyway by itself takes for
     * missing what it does not know below its own newest number, as the libraries' are, and refuses to start.
     */
    @Bean
    FlywayConfigurationCustomizer releasesBesideOneAnother() {
        return flyway -> flyway.ignoreMigrationPatterns("*:missing", "*:future");
    }

    private static void migrate(Flyway flyway) {
        FailedMigrations.forget(flyway.getConfiguration());
        flyway.migrate();
    }
}
