/* SPDX-License-Identifier: Apache-2.0 */
/* States of a job, as stored: numbers never change. JOB_ROW(id, number, "word", final) */
JOB_ROW(QUEUED,    0, "queued",    false)
JOB_ROW(RUNNING,   1, "running",   false)
JOB_ROW(COMPLETED, 2, "completed", true) /* every item succeeded */
JOB_ROW(PARTIAL,   3, "partial",   true) /* some did */
JOB_ROW(FAILED,    4, "failed",    true) /* none did */
JOB_ROW(CANCELLED, 5, "cancelled", true)
