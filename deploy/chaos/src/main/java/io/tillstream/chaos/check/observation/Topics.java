package io.tillstream.chaos.check.observation;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Our topics, by their names without the prefix of the environment. */
public interface Topics extends AutoCloseable {

    Set<String> names();

    /** Each record up to now, in each partition in its order; a topic that is not there has none. */
    void read(String topic, Consumer<TopicMessage> take);

    /**
     * How many records a group has not committed yet, by topic and partition. Of other topics than {@code mustRead} only those that it
     * ever committed.
     */
    Map<TopicPartition, Long> lag(String group, String mustRead);

    @Override
    void close();
}
