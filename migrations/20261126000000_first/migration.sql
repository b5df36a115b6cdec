-- CreateTable
CREATE TABLE "Draft" (
    "owner" TEXT NOT NULL PRIMARY KEY,
    "base" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Revision" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" TEXT NOT NULL,
    "parent" TEXT,
    "author" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "time" DATETIME NOT NULL,
    "config" TEXT
);

-- CreateTable
CREATE TABLE "SavedView" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "owner" TEXT NOT NULL,
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateIndex
CREATE INDEX "Revision_time_idx" ON "Revision"("time");

-- CreateIndex
CREATE UNIQUE INDEX "Revision_hash_time_key" ON "Revision"("hash", "time");

-- CreateIndex
CREATE UNIQUE INDEX "SavedView_owner_page_name_key" ON "SavedView"("owner", "page", "name");


