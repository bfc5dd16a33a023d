/** Reports of what differs: jobs with a place, their repair, and what operators see of them. Read {@code DriftJob} first. */
@NullMarked
package io.tillstream.drift.report;

import org.jspecify.annotations.NullMarked;
