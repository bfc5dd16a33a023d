package io.tillstream.simulator.storage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Where the state is kept.
 *
 * @param folder of the files, made if it is not there; empty to keep all in memory only
 * @param compactAfter how long the log may become before a snapshot takes its place. A larger state lets it become as
 *     long as its last snapshot, so that all that is ever written is at most about twice what was logged
 */
@ConfigurationProperties("simulator.storage")
record StorageSettings(String folder, DataSize compactAfter) {
    StorageSettings {
        if (compactAfter.toBytes() < 1) {
            throw new IllegalArgumentException("simulator.storage.compact-after must be positive");
        }
    }
}
